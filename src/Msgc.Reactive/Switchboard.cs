using System.Collections.Concurrent;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Groups;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive;

/// <summary>A server's tables of who hears what, behind one lock; reading a route takes none.</summary>
internal sealed class Switchboard : ISwitchboard
{
    private readonly string _serverName;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<byte[], Route> _routes = new(GroupName.Comparer.Instance);
    private readonly ConcurrentDictionary<byte[], Route>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;
    private readonly RecipientSets<ServerSession> _recipients = new();
    private readonly Dictionary<ulong, Connected> _clients = [];
    private ulong _serials;
    private int _version;

    public Switchboard(string serverName)
    {
        _serverName = serverName;
        _byBytes = _routes.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public int Version => Volatile.Read(ref _version);

    public IRoute? Find(ReadOnlySpan<byte> group) => _byBytes.TryGetValue(group, out var route) ? route : null;

    /// <summary>Lets a session in. An older session of the same client makes room without a view: what it had joined the new one inherits.</summary>
    public void Attach(ServerSession session)
    {
        ServerSession? loser;
        lock (_gate)
        {
            if (_clients.TryGetValue(session.Client.ClientId, out var known) && known.Session.Client.Session > session.Client.Session)
            {
                loser = session;
            }
            else
            {
                loser = known?.Session;
                if (known is not null) DropWatches(known);
                _clients[session.Client.ClientId] = new Connected(session, ++_serials, known is null ? [] : [.. known.Joined, .. known.Inherited]);
            }
        }
        loser?.Fail(MsgcCause.Closed, "A newer session of the same client took its place.");
    }

    /// <summary>A session is gone: its client leaves everything, unless a newer session of it is here.</summary>
    public void Detach(ServerSession session, MsgcViewCause cause)
    {
        lock (_gate)
        {
            if (!_clients.TryGetValue(session.Client.ClientId, out var known) || known.Session != session) return;
            _clients.Remove(session.Client.ClientId);
            DropWatches(known);
            foreach (var route in known.Joined) Remove(route, session.Client, cause);
            foreach (var route in known.Inherited) Remove(route, session.Client, cause);
        }
    }

    public void Join(ServerSession session, ReadOnlySpan<byte> group)
    {
        lock (_gate)
        {
            if (Mine(session) is not { } me) return;
            var route = Open(group);
            var member = new RosterMember<ServerSession>(session.Client.ClientId, session.Client.Session, session.Client.Name, _serverName, session)
            {
                Serial = me.Serial,
            };
            var outcome = route.Roster.Join(member);
            me.Joined.Add(route);
            me.Inherited.Remove(route);
            route.Stale();
            if (outcome == JoinOutcome.Joined) route.Tell(joined: true, member, MsgcViewCause.Join);
        }
    }

    public void Leave(ServerSession session, ReadOnlySpan<byte> group)
    {
        lock (_gate)
        {
            if (Mine(session) is not { } me || !_byBytes.TryGetValue(group, out var route)) return;
            me.Inherited.Remove(route);
            if (me.Joined.Remove(route)) Remove(route, session.Client, MsgcViewCause.Leave);
        }
    }

    public void Watch(ServerSession session, ReadOnlySpan<byte> group)
    {
        lock (_gate)
        {
            if (Mine(session) is not { } me) return;
            var route = Open(group);
            if (!me.Watched.TryGetValue(route, out var watcher)) me.Watched.Add(route, watcher = route.AddWatcher(session));
            watcher.Snapshot();
        }
    }

    public void Unwatch(ServerSession session, ReadOnlySpan<byte> group)
    {
        lock (_gate)
        {
            if (Mine(session) is { } me && _byBytes.TryGetValue(group, out var route) && me.Watched.Remove(route, out var watcher))
            {
                route.Watchers.Remove(watcher);
                CloseIfUnused(route);
            }
        }
    }

    public void Rejoined(ServerSession session)
    {
        lock (_gate)
        {
            if (Mine(session) is not { } me) return;
            foreach (var route in me.Inherited) Remove(route, session.Client, MsgcViewCause.Disconnect);
            me.Inherited.Clear();
        }
    }

    private Connected? Mine(ServerSession session) =>
        _clients.TryGetValue(session.Client.ClientId, out var known) && known.Session == session ? known : null;

    private Route Open(ReadOnlySpan<byte> group)
    {
        if (_byBytes.TryGetValue(group, out var route)) return route;
        var name = group.ToArray();
        _routes[name] = route = new Route(this, name);
        Interlocked.Increment(ref _version);
        return route;
    }

    private void Remove(Route route, HelloFrame client, MsgcViewCause cause)
    {
        if (route.Roster.Leave(client.ClientId, client.Session) is not { } member) return;
        route.Stale();
        route.Tell(joined: false, member, cause);
        CloseIfUnused(route);
    }

    private void DropWatches(Connected client)
    {
        foreach (var (route, watcher) in client.Watched)
        {
            route.Watchers.Remove(watcher);
            CloseIfUnused(route);
        }
        client.Watched.Clear();
    }

    private void CloseIfUnused(Route route)
    {
        if (route.Roster.Members.Count > 0 || route.Watchers.Count > 0) return;
        route.Close();
        _routes.TryRemove(route.Group, out _);
        Interlocked.Increment(ref _version);
    }

    /// <summary>A client that is connected here, and what it has asked for.</summary>
    private sealed class Connected(ServerSession session, ulong serial, List<Route> inherited)
    {
        public ulong Serial => serial;

        public ServerSession Session => session;

        /// <summary>What it has joined.</summary>
        public HashSet<Route> Joined { get; } = [];

        /// <summary>What an older session had joined and this one has not joined again yet.</summary>
        public HashSet<Route> Inherited { get; } = [.. inherited];

        public Dictionary<Route, Watcher> Watched { get; } = [];
    }

    /// <summary>One group: its members, its watchers, and the array of sessions that its messages go to.</summary>
    private sealed class Route(Switchboard board, byte[] group) : IRoute
    {
        private ServerSession[]? _recipients;
        private UInt128? _held;

        public byte[] Group => group;

        public Roster<ServerSession> Roster { get; } = new();

        public HashSet<Watcher> Watchers { get; } = [];

        public ServerSession[] Recipients => Volatile.Read(ref _recipients) ?? Gather();

        public void Stale() => Volatile.Write(ref _recipients, null);

        public void Close()
        {
            board._recipients.Release(ref _held);
            Volatile.Write(ref _recipients, []);
        }

        public Watcher AddWatcher(ServerSession session)
        {
            var watcher = new Watcher(board._gate, session.Outbox, new PendingView<ServerSession>(group, Roster));
            Watchers.Add(watcher);
            return watcher;
        }

        public void Tell(bool joined, RosterMember<ServerSession> member, MsgcViewCause cause)
        {
            foreach (var watcher in Watchers) watcher.Change(joined, member, cause);
        }

        private ServerSession[] Gather()
        {
            lock (board._gate)
            {
                var recipients = _recipients ?? board._recipients.Exchange(ref _held, Roster);
                Volatile.Write(ref _recipients, recipients);
                return recipients;
            }
        }
    }

    /// <summary>A session that wants to know a group's views. What it is told is written when its turn comes.</summary>
    private sealed class Watcher(Lock gate, Outbox outbox, PendingView<ServerSession> pending) : ILateFrames
    {
        public void Snapshot()
        {
            if (pending.Snapshot()) outbox.Control(this);
        }

        public void Change(bool joined, RosterMember<ServerSession> member, MsgcViewCause cause)
        {
            if (pending.Change(joined, member, cause)) outbox.Control(this);
        }

        public byte[]? Next()
        {
            lock (gate) return pending.Next();
        }
    }
}
