using Msgc.Reactive.Diagnostics;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Groups;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Routing;

/// <summary>A server's clients in its tables: what each has joined and watches.</summary>
internal sealed class Switchboard : ISwitchboard
{
    private readonly RouteTable _table;
    private readonly Dictionary<ulong, ConnectedClient> _clients = [];
    private readonly Action<byte[]> _audience;
    private readonly ServerCounts _counts;
    private bool _isDraining;

    /// <param name="serverName">This server's name.</param>
    /// <param name="maxFrameBytes">The largest frame.</param>
    /// <param name="dispatcher">Where what takes long goes on.</param>
    /// <param name="counts">What is counted.</param>
    /// <param name="audience">One of the system's groups has got somebody who listens; called under a lock.</param>
    public Switchboard(string serverName, int maxFrameBytes, Dispatcher dispatcher, ServerCounts counts, Action<byte[]> audience)
    {
        _audience = audience;
        _counts = counts;
        _table = new RouteTable(maxFrameBytes);
        Links = new Links(_table, serverName, dispatcher, TellGap, Supersede, audience);
    }

    public Links Links { get; }

    public int Version => _table.Version;

    public bool IsCounting => _table.IsCounting;

    /// <summary>Begins to count the messages of groups, or ends that and forgets them.</summary>
    public void Count(bool isWanted)
    {
        lock (_table.Gate) _table.Count(isWanted);
    }

    /// <summary>So many groups, those with the most counted messages first, and how many there are beside them.</summary>
    public (IReadOnlyList<GroupStatistics> Groups, int Omitted) Busiest(int most)
    {
        lock (_table.Gate) return _table.Busiest(most);
    }

    public IRoute? Find(ReadOnlySpan<byte> group) => _table.Find(group);

    /// <summary>Lets a session in. An older session of the same client makes room without a view: what it had joined the new one inherits.</summary>
    public void Attach(ServerSession session)
    {
        var client = session.Client!;
        ServerSession? loser;
        lock (_table.Gate)
        {
            if (_clients.TryGetValue(client.ClientId, out var known) && known.Session.Client!.Session > client.Session)
            {
                loser = session;
            }
            else
            {
                loser = known?.Session;
                if (known is not null) DropWatches(known);
                _clients[client.ClientId] = new ConnectedClient(session, _table.NextSerial(), known);
            }
        }
        loser?.Fail(MsgcCause.Closed, "A newer session of the same client took its place.");
    }

    /// <summary>A session is gone: its client leaves everything, unless a newer session of it is here.</summary>
    public void Detach(ServerSession session, MsgcViewCause cause)
    {
        lock (_table.Gate)
        {
            if (Mine(session) is not { } me) return;
            _clients.Remove(session.Client!.ClientId);
            DropWatches(me);
            foreach (var route in me.Joined) Remove(route, session, cause);
            foreach (var (route, older) in me.TakeInherited()) Remove(route, older, cause);
        }
    }

    /// <summary>From now on clients leave only to move elsewhere: views do not tell, and answers wait for the peers'. (contract, "§6")</summary>
    public void Drain()
    {
        lock (_table.Gate) _isDraining = Links.IsStopping = true;
    }

    /// <summary>All clients have gone: tells the peers, once all that they had handled is here.</summary>
    public void EndDrain()
    {
        lock (_table.Gate) Links.EndDrain();
    }

    public void Join(ServerSession session, ReadOnlySpan<byte> group, bool isMoving)
    {
        lock (_table.Gate)
        {
            if (Mine(session) is not { } me) return;
            if (me.Leaving == 0)
            {
                JoinNow(me, group, isMoving);
                return;
            }
            // Behind the leaves that wait: in the order in which they were asked for.
            var name = group.ToArray();
            me.Session.Outbox.Promise();
            Links.Rounds.After(() =>
            {
                session.Outbox.Forgo(); // its own answer comes in its place
                if (Mine(session) is { } later) JoinNow(later, name, isMoving);
            });
        }
    }

    /// <summary>While draining the session gets what the peers have sent already, too, before the leave takes effect.</summary>
    public void Leave(ServerSession session, ReadOnlySpan<byte> group)
    {
        lock (_table.Gate)
        {
            session.Outbox.Promise();
            if (!_isDraining)
            {
                LeaveNow(session, group);
                return;
            }
            if (Mine(session) is not { } me) return;
            var name = group.ToArray();
            me.Leaving++;
            Links.Rounds.After(() =>
            {
                me.Leaving--;
                LeaveNow(session, name);
            });
        }
    }

    public void Watch(ServerSession session, ReadOnlySpan<byte> group)
    {
        lock (_table.Gate)
        {
            if (Mine(session) is not { } me) return;
            var route = _table.Open(group);
            var watch = Links.WatchOf(route);
            if (!me.Watched.TryGetValue(route, out var watcher))
            {
                watcher = new Watcher(_table.Gate, session.Outbox, new PendingView(route.Group, watch.Roster), _counts);
                me.Watched.Add(route, watcher);
                watch.Clients.Add(watcher);
                if (watch.Clients.Count == 1) Links.BeginWatching(route);
            }
            if (watch.Awaited.Count == 0) watcher.Snapshot();
        }
    }

    public void Unwatch(ServerSession session, ReadOnlySpan<byte> group)
    {
        lock (_table.Gate)
        {
            if (Mine(session) is { } me && _table.Find(group) is { } route && me.Watched.Remove(route, out var watcher)) DropWatcher(route, watcher);
        }
    }

    public void Rejoined(ServerSession session)
    {
        lock (_table.Gate)
        {
            if (Mine(session) is not { } me) return;
            foreach (var (route, older) in me.TakeInherited()) Remove(route, older, MsgcViewCause.Disconnect);
        }
    }

    public void Answer(ServerSession session, byte[] frame)
    {
        lock (_table.Gate)
        {
            session.Outbox.Promise();
            if (_isDraining) Links.Rounds.After(() => session.Outbox.Keep(frame));
            else session.Outbox.Keep(frame);
        }
    }

    private void JoinNow(ConnectedClient me, ReadOnlySpan<byte> group, bool isMoving)
    {
        var session = me.Session;
        var route = _table.Open(group);
        if (me.TryDisinherit(route, out var older)) route.RemoveLocal(older);
        if (me.Joined.Add(route))
        {
            _counts.Join();
            route.AddLocal(session, me.Serial);
            if (route.Interest == 0) Links.AddLocal(route);
            if (route.Watch is { } watch) Tell(watch, Links.MemberOf(session), isMoving ? MsgcViewCause.Shutdown : MsgcViewCause.Join);
            if (GroupName.IsSystem(group)) _audience(route.Group);
        }
        Links.Acknowledge(session, me.Serial, route);
    }

    private void LeaveNow(ServerSession session, ReadOnlySpan<byte> group)
    {
        if (Mine(session) is { } me && _table.Find(group) is { } route)
        {
            // What is still to be acknowledged is so ahead of the leave.
            if (route.RemoveJoining(session)) Links.Acknowledge(session, group);
            if (me.Joined.Remove(route))
            {
                _counts.Leave();
                Remove(route, session, MsgcViewCause.Leave);
            }
            else if (me.TryDisinherit(route, out var older))
            {
                _counts.Leave();
                Remove(route, older, MsgcViewCause.Leave);
            }
        }
        session.Outbox.Keep(Frames.Named(FrameKind.LeaveAck, group));
    }

    private ConnectedClient? Mine(ServerSession session) =>
        _clients.TryGetValue(session.Client!.ClientId, out var known) && known.Session == session ? known : null;

    private void Tell(Watch watch, RosterMember member, MsgcViewCause cause)
    {
        var before = watch.Roster.Find(member.Client);
        var outcome = watch.Roster.Join(member);
        if (outcome == JoinOutcome.Joined) watch.Tell(ViewEntryKind.Joined, member, cause, isLocal: true);
        else if (outcome == JoinOutcome.Moved) watch.Tell(ViewEntryKind.Moved, member, Links.CauseOfMove(before!.ServerName, cause), isLocal: true);
        else if (outcome == JoinOutcome.Known && before!.Session < member.Session) watch.TellPeers(ViewEntryKind.Joined, member, cause);
    }

    /// <summary>A member's session gets no more messages; while draining it stays a member in views, since it is one elsewhere by now or soon.</summary>
    private void Remove(Route route, ServerSession session, MsgcViewCause cause)
    {
        if (!route.RemoveLocal(session)) return;
        if (route.Local.Count == 0) Links.RemoveLocal(route);
        if (!_isDraining && route.Watch is { } watch)
        {
            var member = Links.MemberOf(session);
            if (watch.Roster.Leave(member.Client, member.Session) is not null) watch.Tell(ViewEntryKind.Left, member, cause, isLocal: true);
            else if (watch.Roster.Find(member.Client) is { } newer) watch.TellPeers(ViewEntryKind.Moved, member with { ServerName = newer.ServerName }, cause);
            else watch.TellPeers(ViewEntryKind.Left, member, cause); // its newer session is gone, too, of which not all peers need to know
        }
        _table.CloseIfUnused(route);
    }

    private void DropWatches(ConnectedClient client)
    {
        foreach (var (route, watcher) in client.Watched) DropWatcher(route, watcher);
        client.Watched.Clear();
    }

    private void DropWatcher(Route route, Watcher watcher)
    {
        route.Watch!.Clients.Remove(watcher);
        if (route.Watch.Clients.Count == 0) Links.EndWatching(route);
        Links.CloseIfUnwatched(route);
    }

    /// <summary>Tells every client that has joined something that messages by way of that server may be missing.</summary>
    private void TellGap(string server)
    {
        foreach (var client in _clients.Values)
        {
            if (!client.HasJoined) continue;
            var outbox = client.Session.Outbox;
            if (outbox.IsFlooded) client.Session.FailLater(MsgcCause.Backlog, "Stuck: more control frames wait than it can have asked for.");
            else
            {
                _counts.Gap();
                outbox.Control(Frames.LinkGap(server));
            }
        }
    }

    /// <summary>A client has a newer session at another server: its older one here is closed, unless it is just moving away.</summary>
    private void Supersede(ulong client, ulong session)
    {
        if (!_isDraining && _clients.TryGetValue(client, out var known) && known.Session.Client!.Session < session)
            known.Session.FailLater(MsgcCause.Closed, "A newer session of the same client is at another server.");
    }
}
