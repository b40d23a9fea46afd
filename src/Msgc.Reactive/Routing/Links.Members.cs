using Msgc.Reactive.Framing;
using Msgc.Reactive.Groups;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Routing;

/// <content>Members at the far ends: known only of groups that a client here watches.</content>
internal sealed partial class Links
{
    /// <summary>Clients here want to know a group's members: asks all peers for theirs. Under the gate.</summary>
    public void BeginWatching(Route route)
    {
        _watched.Add(route);
        foreach (var link in _byServer.Values)
        {
            Ask(link, route);
            route.Watch!.Awaited.Add(link);
        }
    }

    /// <summary>No client here wants to know a group's members any more. Under the gate.</summary>
    public void EndWatching(Route route)
    {
        _watched.Remove(route);
        route.Watch!.Awaited.Clear();
        foreach (var link in _byServer.Values)
        {
            if (!link.Views.Remove(route)) continue;
            link.WatchFeed.Tell(route.Group, isWatched: false);
            foreach (var member in MembersAt(link, route)) route.Watch.Roster.Leave(member.Client, member.Session);
        }
    }

    public void Watch(ServerSession session, ReadOnlySpan<byte> group)
    {
        lock (_table.Gate)
        {
            if (Of(session) is not { } link) return;
            var route = _table.Open(group);
            if (!link.Watched.TryGetValue(route, out var watcher))
            {
                watcher = new Watcher(_table.Gate, link.Outbox, new PendingView(route.Group, WatchOf(route).Roster, _serverName));
                link.Watched.Add(route, watcher);
                route.Watch!.Peers.Add(watcher);
            }
            watcher.Snapshot();
        }
    }

    public void Unwatch(ServerSession session, ReadOnlySpan<byte> group)
    {
        lock (_table.Gate)
        {
            if (Of(session) is { } link && _table.Find(group) is { } route && link.Watched.Remove(route, out var watcher)) DropWatcher(route, watcher);
        }
    }

    public void View(
        ServerSession session, ReadOnlySpan<byte> group, bool first, bool last, bool snapshot, MsgcViewCause cause, List<ViewEntry> entries)
    {
        lock (_table.Gate)
        {
            if (Of(session) is not { } link || _table.Find(group) is not { } route || !link.Views.TryGetValue(route, out var view)) return;
            if (first)
            {
                view.Entries.Clear();
                view.IsSnapshot = snapshot;
            }
            view.Entries.AddRange(entries);
            if (last) Apply(link, route, view, view.IsSnapshot ? MsgcViewCause.Merge : cause);
        }
    }

    /// <summary>
    /// Why a client that was a member at that server is one elsewhere now. That the server is stopping is told by itself and by its clients,
    /// whose news may come first. Under the gate.
    /// </summary>
    public MsgcViewCause CauseOfMove(string server, MsgcViewCause told) =>
        told == MsgcViewCause.Shutdown || IsDraining(server) || _drained.Contains(server) || (IsStopping && server == _serverName)
            ? MsgcViewCause.Shutdown : MsgcViewCause.Join;

    /// <summary>The group's members, which are known as long as somebody watches. Under the gate.</summary>
    public Watch WatchOf(Route route)
    {
        if (route.Watch is { } known) return known;
        route.Watch = new Watch();
        foreach (var session in route.Local.All) route.Watch.Roster.Join(MemberOf(session));
        return route.Watch;
    }

    /// <summary>A client's member.</summary>
    public RosterMember MemberOf(ServerSession session)
    {
        var client = session.Client!;
        return new RosterMember(client.ClientId, client.Session, client.Name, _serverName);
    }

    /// <summary>Forgets the members when nobody watches any more, and the group when nobody wants anything of it. Under the gate.</summary>
    public void CloseIfUnwatched(Route route)
    {
        if (route.Watch is { Clients.Count: 0, Peers.Count: 0 }) route.Watch = null;
        _table.CloseIfUnused(route);
    }

    private static void Ask(Link link, Route route)
    {
        link.Views.Add(route, new Link.RemoteView());
        link.WatchFeed.Tell(route.Group, isWatched: true);
    }

    private static List<RosterMember> MembersAt(Link link, Route route) => [.. route.Watch!.Roster.Members.Where(m => m.ServerName == link.Server)];

    private void DropWatcher(Route route, Watcher watcher)
    {
        route.Watch!.Peers.Remove(watcher);
        CloseIfUnwatched(route);
    }

    private void Apply(Link link, Route route, Link.RemoteView view, MsgcViewCause cause)
    {
        if (view.IsSnapshot)
        {
            var present = view.Entries.Select(entry => entry.Client).ToHashSet();
            foreach (var member in MembersAt(link, route).Where(member => !present.Contains(member.Client))) Leave(route, member, cause);
        }
        foreach (var entry in view.Entries)
        {
            if (entry.Kind is ViewEntryKind.Left or ViewEntryKind.Moved) Gone(link, route, entry, cause);
            else Join(route, new RosterMember(entry.Client, entry.Session, entry.ClientName, link.Server), cause);
        }
        view.Entries.Clear();
        if (view.IsSnapshot) Answered(link, route);
    }

    /// <summary>
    /// A member's session at that server has ended. A newer one elsewhere is taken from here on for what that server will tell of itself,
    /// so that the move is one view whoever tells first; out of sight it is no member. (contract, "§6")
    /// </summary>
    private void Gone(Link link, Route route, ViewEntry entry, MsgcViewCause cause)
    {
        if (route.Watch!.Roster.Find(entry.Client)?.ServerName != link.Server) return;
        var member = new RosterMember(entry.Client, entry.Session, entry.ClientName, entry.ServerName);
        if (entry.Kind == ViewEntryKind.Moved && _byServer.ContainsKey(entry.ServerName)) Join(route, member, cause);
        else Leave(route, member, cause);
    }

    private void Join(Route route, RosterMember member, MsgcViewCause cause)
    {
        var watch = route.Watch!;
        var before = watch.Roster.Find(member.Client)?.ServerName;
        var outcome = watch.Roster.Join(member);
        if (outcome == JoinOutcome.Joined) watch.Tell(ViewEntryKind.Joined, member, cause, isLocal: false);
        else if (outcome == JoinOutcome.Moved) watch.Tell(ViewEntryKind.Moved, member, CauseOfMove(before!, cause), isLocal: false);
        if (outcome != JoinOutcome.Stale) _superseded(member.Client, member.Session);
    }

    private static void Leave(Route route, RosterMember member, MsgcViewCause cause)
    {
        if (route.Watch!.Roster.Leave(member.Client, member.Session) is { } left) route.Watch.Tell(ViewEntryKind.Left, left, cause, isLocal: false);
    }

    /// <summary>A link's members are known: when they were the last ones waited for, watchers get their first view.</summary>
    private static void Answered(Link link, Route route)
    {
        if (!route.Watch!.Awaited.Remove(link) || route.Watch.Awaited.Count > 0) return;
        foreach (var watcher in route.Watch.Clients) watcher.Snapshot();
    }

    /// <summary>
    /// The members behind a lost link are gone: one view for each group. Those of a server that has stopped are elsewhere by now, or gone:
    /// which it is the other peers' answers to a flush will have told. (contract, "§6")
    /// </summary>
    private void ForgetMembers(Link link)
    {
        var members = link.Views.Keys.SelectMany(route => MembersAt(link, route).Select(member => (route, member))).ToList();
        foreach (var route in link.Views.Keys) Answered(link, route);
        if (!link.IsDraining)
        {
            Forget(members, MsgcViewCause.Partition);
            return;
        }
        _drained.Add(link.Server);
        Rounds.After(() =>
        {
            Forget(members, MsgcViewCause.Shutdown);
            _drained.Remove(link.Server);
        });
    }

    /// <summary>Unless they have been told of anew since.</summary>
    private static void Forget(List<(Route Route, RosterMember Member)> members, MsgcViewCause cause)
    {
        foreach (var (route, member) in members)
        {
            if (route.Watch?.Roster.Find(member.Client) == member) Leave(route, member, cause);
        }
    }
}
