using System.Reactive.Disposables;
using System.Reactive.Linq;
using Microsoft.Extensions.Logging;
using Msgc.Reactive.Diagnostics;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Routing;

/// <summary>A server's peers: keeps one link to each, whoever dials. (contract, "§6")</summary>
internal sealed partial class Mesh
{
    private readonly Func<MsgcServerOptions> _options;
    private readonly Dispatcher _dispatcher;
    private readonly Func<MsgcEndpoint, IObservable<IMsgcConnection>> _dial;
    private readonly Func<IMsgcConnection, string, ServerSession> _open;
    private readonly Action<ServerSession> _linked;
    private readonly Links _links;
    private readonly ILogger _logger;
    private readonly ReconnectRules _rules;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, PeerEntry> _peers = new(StringComparer.Ordinal);
    private readonly Dictionary<ServerSession, PeerEntry> _connections = [];
    private volatile bool _isStopping;
    private bool _isStarted;

    /// <param name="options">The server's options in force.</param>
    /// <param name="identity">Its incarnation, and where nonces come from.</param>
    /// <param name="dispatcher">Where it runs.</param>
    /// <param name="dial">Makes connections.</param>
    /// <param name="open">Makes a session of a connection to the peer of that name.</param>
    /// <param name="linked">A session has become a link.</param>
    /// <param name="links">The tables of the links.</param>
    /// <param name="logger">Where logs go.</param>
    public Mesh(
        Func<MsgcServerOptions> options,
        (ulong Incarnation, Func<ulong> Entropy) identity,
        Dispatcher dispatcher,
        Func<MsgcEndpoint, IObservable<IMsgcConnection>> dial,
        Func<IMsgcConnection, string, ServerSession> open,
        Action<ServerSession> linked,
        Links links,
        ILogger logger)
    {
        _options = options;
        (_incarnation, _entropy) = identity;
        _dispatcher = dispatcher;
        _dial = dial;
        _open = open;
        _linked = linked;
        _links = links;
        _logger = logger;
        _rules = new ReconnectRules(() => options().ConnectTimeout, () => options().ReconnectInterval, static () => TimeSpan.Zero);
        States = new PeerStates(dispatcher, error => Log.ObserverFailed(logger, options().Name, error));
        links.DrainBegun += session => Change(PeerOf(session), state => state with { Phase = MsgcPeerPhase.Draining }, settled => settled == session);
    }

    public PeerStates States { get; }

    /// <summary>Takes up the peers of the options: new ones are dialled, removed ones lose their link, changed addresses are dialled anew.</summary>
    public void Configure(MsgcServerOptions options)
    {
        var wanted = options.OtherPeers();
        List<PeerEntry> added = [], removed = [], moved = [];
        lock (_gate)
        {
            if (_isStopping) return;
            foreach (var peer in _peers.Values.Where(peer => !wanted.ContainsKey(peer.Name)).ToArray())
            {
                _peers.Remove(peer.Name);
                removed.Add(peer);
            }
            foreach (var (name, endpoint) in wanted)
            {
                if (!_peers.TryGetValue(name, out var peer))
                {
                    _peers.Add(name, peer = new PeerEntry(name, endpoint, goesFirst: string.CompareOrdinal(options.Name, name) < 0));
                    added.Add(peer);
                }
                else if (peer.State.Endpoint != endpoint)
                {
                    peer.State = peer.State with { Endpoint = endpoint };
                    peer.IsSelf = false;
                    moved.Add(peer);
                }
            }
        }
        foreach (var peer in removed) End(peer, "It is no longer among the peers.");
        foreach (var peer in moved)
        {
            peer.Endpoint.Set(peer.State.Endpoint);
            Settle(peer);
        }
        Expect();
        Publish();
        if (_isStarted) Dial(added);
    }

    private void Expect()
    {
        string[] servers;
        lock (_gate) servers = [.. _peers.Values.Where(peer => !peer.IsSelf).Select(peer => peer.Name)];
        _links.Expect(servers);
    }

    /// <summary>Begins to dial; peers that dial meanwhile are known already.</summary>
    public void Start()
    {
        _isStarted = true;
        Dial([.. _peers.Values]);
    }

    /// <summary>The server is stopping: links stay, nothing new is dialled.</summary>
    public void Stop()
    {
        PeerEntry[] unlinked;
        lock (_gate)
        {
            _isStopping = true;
            unlinked = [.. _peers.Values.Where(peer => peer.Pairing.Settled is null || peer.HasDialledUs)];
        }
        foreach (var peer in unlinked) peer.Dialling.Dispose();
    }

    /// <summary>Nothing is dialled or linked any more. Tells when all who observe the states know.</summary>
    public void End(Action ended)
    {
        PeerEntry[] all;
        lock (_gate)
        {
            _isStopping = true;
            all = [.. _peers.Values];
        }
        foreach (var peer in all) peer.Dialling.Dispose();
        States.End(ended);
    }

    /// <summary>A link begins. Its disposal is its end.</summary>
    public IDisposable Attach(ServerSession session)
    {
        var peer = PeerOf(session);
        _linked(session);
        _links.Attach(session);
        Log.Linked(_logger, _options().Name, session.Peer!.Name, session.RemoteAddress);
        Change(peer, state => state with { Phase = MsgcPeerPhase.Linked, Cause = null, Reason = null });
        return Disposable.Create(() =>
        {
            session.Fail(MsgcCause.Closed, "This server closed the link.");
            _links.Detach(session);
            Ended(session);
            var end = session.End!;
            lock (_gate)
            {
                if (peer is not null) peer.LastEnd = end;
            }
            Log.LinkLost(_logger, _options().Name, session.Peer.Name, session.RemoteAddress, end.Cause, end.Message);
            Change(peer, state => state with { Phase = MsgcPeerPhase.Lost, Cause = end.Cause, Reason = end.Message }, settled => settled is null);
        });
    }

    /// <summary>A connection is over, whatever it was.</summary>
    public void Ended(ServerSession session)
    {
        PeerEntry? peer;
        lock (_gate)
        {
            if (!_connections.Remove(session, out peer)) return;
            peer.Pairing.Ended(session);
        }
        Settle(peer);
    }

    private void Dial(List<PeerEntry> peers)
    {
        foreach (var peer in peers) _dispatcher.Post(() => Dial(peer));
    }

    private void Dial(PeerEntry peer)
    {
        lock (_gate)
        {
            if (_isStopping || peer.Dialling.IsDisposed) return;
        }
        peer.Dialling.Disposable = Lifecycle.Linked(
            peer.Endpoint, peer.Taken, endpoint => Connect(peer, endpoint), Attach, _rules, (endpoint, error) => NotReached(peer, endpoint, error), _dispatcher.Scheduler)
            .RetryWhen(errors => errors.SelectMany(_ => Observable.Timer(_rules.Interval(), _dispatcher.Scheduler))) // a logger that throws, say
            .Subscribe(_ => { }, _ => { });
    }

    private IObservable<ServerSession> Connect(PeerEntry peer, MsgcEndpoint endpoint) => _isStopping ? Observable.Never<ServerSession>() : _dial(endpoint).SelectMany(connection =>
    {
        var session = _open(connection, peer.Name);
        lock (_gate) _connections[session] = peer;
        session.Closed += () => Ended(session);
        return session.Handshake().Do(static _ => { }, _ =>
        {
            if (session.IsSelf) FoundSelf(peer, endpoint);
        });
    });

    private void FoundSelf(PeerEntry peer, MsgcEndpoint endpoint)
    {
        lock (_gate) peer.IsSelf = true;
        Expect();
        Log.PeerIsSelf(_logger, _options().Name, peer.Name, endpoint);
        Change(peer, state => state with { Phase = MsgcPeerPhase.Self, Cause = null, Reason = null });
        Settle(peer);
    }

    private void NotReached(PeerEntry peer, MsgcEndpoint endpoint, Exception? error)
    {
        // The end of a link is told where it is detached; an attempt that was given up has nothing to tell.
        if (error is not MsgcConnectionException { Cause: var cause, Message: var reason } end) return;
        bool isNews;
        lock (_gate)
        {
            if (peer.IsSelf || peer.LastEnd == end) return;
            isNews = peer.State.Reason != reason;
        }
        if (cause == MsgcCause.Refused && isNews) Log.LinkRefused(_logger, _options().Name, peer.Name, endpoint, reason);
        else Log.NotLinked(_logger, _options().Name, peer.Name, endpoint, cause, reason);
        Change(peer, state => state.Phase is MsgcPeerPhase.Linked or MsgcPeerPhase.Draining ? state
            : state with { Phase = MsgcPeerPhase.Connecting, Cause = cause, Reason = reason });
    }

    private void End(PeerEntry peer, string reason)
    {
        peer.Dialling.Dispose();
        ServerSession[] connections;
        lock (_gate) connections = [.. _connections.Where(c => c.Value == peer).Select(c => c.Key)];
        foreach (var connection in connections) connection.Fail(MsgcCause.Closed, reason);
    }

    /// <summary>Has the peer dialled, or not, according to what is settled by now: looks again after each step, since others take steps, too.</summary>
    private void Settle(PeerEntry peer)
    {
        while (true)
        {
            bool taken;
            lock (_gate) taken = peer.IsTaken;
            peer.Taken.Set(taken);
            lock (_gate)
            {
                if (peer.IsTaken == taken) return;
            }
        }
    }

    private PeerEntry? PeerOf(ServerSession session)
    {
        lock (_gate) return _connections.GetValueOrDefault(session);
    }

    private void Change(PeerEntry? peer, Func<MsgcPeerState, MsgcPeerState> change, Func<ServerSession?, bool>? when = null)
    {
        lock (_gate)
        {
            if (peer is null || when?.Invoke(peer.Pairing.Settled) is false) return;
            peer.State = change(peer.State);
        }
        Publish();
    }

    private void Publish()
    {
        lock (_gate) States.Push([.. _peers.Values.Select(peer => peer.State)]);
    }
}
