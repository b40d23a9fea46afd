using Msgc.Reactive.Framing;
using Msgc.Reactive.Groups;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Routing;

/// <summary>
/// A server's links in its tables: which groups each far end wants, what it has confirmed of what we want, and who is a member there.
/// </summary>
internal sealed partial class Links : ILinks
{
    /// <summary>So many groups are rid of a lost link at a time, before other sessions get their turn.</summary>
    private const int LostAtOnce = 1000;

    private readonly RouteTable _table;
    private readonly string _serverName;
    private readonly Dispatcher _dispatcher;
    private readonly Action<string> _gap;
    private readonly Action<ulong, ulong> _superseded;
    private readonly Action<byte[]> _audience;
    private readonly Dictionary<string, Link> _byServer = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Route, ulong> _joining = new();
    private readonly HashSet<Route> _watched = [];
    private readonly HashSet<string> _drained = new(StringComparer.Ordinal); // stopped, and where their members went is not known yet
    private IReadOnlyCollection<string> _peers = [];
    private bool _isWhole = true; // linked to all peers
    private ulong _confirmed = ulong.MaxValue;
    private int _atLeast;

    /// <param name="table">The groups.</param>
    /// <param name="serverName">This server's name.</param>
    /// <param name="dispatcher">Where what takes long goes on.</param>
    /// <param name="gap">Under the gate: a link to that server was lost or came up, and messages may be missing.</param>
    /// <param name="superseded">Under the gate: a client is known to have a session elsewhere, of that number.</param>
    /// <param name="audience">Under the gate: one of the system's groups has got somebody who listens.</param>
    public Links(
        RouteTable table, string serverName, Dispatcher dispatcher, Action<string> gap, Action<ulong, ulong> superseded, Action<byte[]> audience)
    {
        _table = table;
        _serverName = serverName;
        _dispatcher = dispatcher;
        _gap = gap;
        _superseded = superseded;
        _audience = audience;
        Rounds = new FlushRounds(() => _byServer.Values);
    }

    /// <summary>A peer has said that it is stopping.</summary>
    public event Action<ServerSession>? DrainBegun;

    /// <summary>Under the gate.</summary>
    public FlushRounds Rounds { get; }

    /// <summary>True once this server is stopping: its clients are about to move. Under the gate.</summary>
    public bool IsStopping { get; set; }

    /// <summary>The servers that there should be links to.</summary>
    public void Expect(IReadOnlyCollection<string> peers)
    {
        lock (_table.Gate)
        {
            _peers = peers;
            LookForMissing();
        }
    }

    /// <summary>A link begins; one to the same server that was not known to have ended ends here and now.</summary>
    public void Attach(ServerSession session)
    {
        lock (_table.Gate)
        {
            if (session.End is not null) return; // another one has taken its place already
            var server = session.Peer!.Name;
            if (_byServer.TryGetValue(server, out var older)) Remove(older);
            var link = new Link(session, server, _table.NextSerial(), _table);
            _byServer.Add(server, link);
            LookForMissing();
            CountConfirmed();
            link.Feed.Begin();
            foreach (var route in _watched) Ask(link, route);
            _gap(server);
        }
    }

    public void Detach(ServerSession session)
    {
        lock (_table.Gate)
        {
            if (Of(session) is { } link) Remove(link);
        }
    }

    public void Interest(ServerSession session, ulong serial, ReadOnlySpan<byte> names)
    {
        lock (_table.Gate)
        {
            if (Of(session) is not { } link) return;
            while (InterestFrame.TryNext(ref names, out var name))
            {
                var route = _table.Open(name);
                link.Interests[route] = serial;
                route.AddLink(link);
                if (GroupName.IsSystem(name)) _audience(route.Group);
            }
        }
    }

    public void NoInterest(ServerSession session, ulong serial, ReadOnlySpan<byte> group)
    {
        lock (_table.Gate)
        {
            if (Of(session) is not { } link || _table.Find(group) is not { } route) return;
            if (!link.Interests.TryGetValue(route, out var told) || told > serial) return;
            link.Interests.Remove(route);
            Lose(link, route);
        }
    }

    public void Confirmed(ServerSession session, ulong serial)
    {
        lock (_table.Gate)
        {
            if (Of(session) is not { } link || serial <= link.Confirmed) return;
            var before = link.Confirmed;
            link.Confirmed = serial;
            if (before == _confirmed && --_atLeast == 0) CountConfirmed();
        }
    }

    public void Flushed(ServerSession session, ulong id)
    {
        lock (_table.Gate)
        {
            if (Of(session) is { } link) Rounds.Answered(link, id);
        }
    }

    public void Draining(ServerSession session)
    {
        lock (_table.Gate)
        {
            if (Of(session) is not { } link) return;
            link.IsDraining = true;
        }
        DrainBegun?.Invoke(session);
    }

    public void Drained(ServerSession session)
    {
        lock (_table.Gate)
        {
            if (Of(session) is { } link) link.IsDrained = true;
        }
    }

    /// <summary>A group has got its first member here. Under the gate.</summary>
    public void AddLocal(Route route)
    {
        _table.AddLocal(route);
        foreach (var link in _byServer.Values) link.Feed.Added(route);
    }

    /// <summary>A group has lost its last member here. Under the gate.</summary>
    public void RemoveLocal(Route route)
    {
        foreach (var link in _byServer.Values) link.Feed.Removing(route);
        _table.RemoveLocal(route);
        route.EndJoining(); // of sessions that are gone
    }

    /// <summary>Acknowledges a join now, or when all links have confirmed the interest. Under the gate.</summary>
    public void Acknowledge(ServerSession session, ulong serial, Route route)
    {
        if (route.Interest <= _confirmed)
        {
            Acknowledge(session, route.Group);
            return;
        }
        if (route.AddJoining(session, serial)) _joining.Enqueue(route, route.Interest);
    }

    /// <summary>
    /// Acknowledges a join. While a peer is not linked it says so: what is published there does not arrive. Under the gate.
    /// </summary>
    public void Acknowledge(ServerSession session, ReadOnlySpan<byte> group) =>
        session.Outbox.Control(Frames.Named(FrameKind.JoinAck, group, _isWhole ? (ushort)0 : Frames.IncompleteJoin));

    /// <summary>Tells all links of the end of a drain, once all that they had handled is here. Under the gate.</summary>
    public void EndDrain() => Rounds.After(() =>
    {
        foreach (var link in _byServer.Values) link.Outbox.Control(Frames.Bare(FrameKind.Drained));
    });

    /// <summary>True when the server of that name, this one aside, has said that it is stopping. Under the gate.</summary>
    public bool IsDraining(string server) => _byServer.TryGetValue(server, out var link) && link.IsDraining;

    private Link? Of(ServerSession session) =>
        session.Peer is { } peer && _byServer.TryGetValue(peer.Name, out var link) && link.Session == session ? link : null;

    private void Remove(Link link)
    {
        _byServer.Remove(link.Server);
        LookForMissing();
        LoseSome(link, link.Interests.Keys.GetEnumerator());
        foreach (var (route, watcher) in link.Watched) DropWatcher(route, watcher);
        ForgetMembers(link);
        // Ahead of all answers that the link has held up: a leave's would be the end of it.
        if (!link.IsDrained) _gap(link.Server);
        CountConfirmed();
        Rounds.Answered(link, link.AwaitedFlush);
    }

    private void LookForMissing() => _isWhole = _peers.All(_byServer.ContainsKey);

    /// <summary>
    /// There may be a million groups that the far end wanted, and all sessions wait while the gate is held. What is published meanwhile in
    /// those that are left goes to a connection that has been closed, as just before the loss; a new link to that server stands beside it.
    /// </summary>
    private void LoseSome(Link link, IEnumerator<Route> left)
    {
        for (var i = 0; i < LostAtOnce; i++)
        {
            if (!left.MoveNext()) return;
            Lose(link, left.Current);
        }
        _dispatcher.Post(() =>
        {
            lock (_table.Gate) LoseSome(link, left);
        });
    }

    private void Lose(Link link, Route route)
    {
        route.RemoveLink(link);
        _table.CloseIfUnused(route);
    }

    /// <summary>Up to where all links have confirmed, and how many are no further; acknowledges the joins that waited for that.</summary>
    private void CountConfirmed()
    {
        (_confirmed, _atLeast) = (ulong.MaxValue, 0);
        foreach (var link in _byServer.Values)
        {
            if (link.Confirmed > _confirmed) continue;
            _atLeast = link.Confirmed == _confirmed ? _atLeast + 1 : 1;
            _confirmed = link.Confirmed;
        }
        while (_joining.TryPeek(out var route, out var serial) && serial <= _confirmed)
        {
            _joining.Dequeue();
            // Otherwise it has lost all members since, or got new ones, and those wait in another place of the queue.
            if (route.Interest == serial) AcknowledgeAll(route);
        }
    }

    private void AcknowledgeAll(Route route)
    {
        foreach (var session in route.Joining) Acknowledge(session, route.Group);
        route.EndJoining();
    }
}
