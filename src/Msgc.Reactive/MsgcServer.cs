using System.Reactive.Concurrency;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Msgc.Reactive.Diagnostics;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Routing;
using Msgc.Reactive.Sessions;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive;

/// <summary>
/// A server: owns its listeners, its sessions with clients, and one link to each of its peers; routes, and stores nothing. Thread-safe.
/// </summary>
public sealed partial class MsgcServer : IAsyncDisposable
{
    private readonly Dispatcher _dispatcher;
    private readonly ILogger _logger;
    private readonly Switchboard _switchboard;
    private readonly Mesh _mesh;
    private readonly ServerSessionSettings _settings;
    private readonly Dictionary<MsgcEndpoint, IMsgcListener> _listeners = [];
    private readonly IMsgcTransport _transport;
    private readonly Lock _gate = new();
    private readonly Lock _configuring = new();
    private readonly HashSet<ServerSession> _sessions = [];
    private readonly HashSet<ServerSession> _linkSessions = [];
    private readonly Completion<bool> _stopped;
    private readonly System.Reactive.Disposables.SingleAssignmentDisposable _deadline = new();
    private readonly SystemGroups _system;
    private readonly ServerCounts _counts = new();
    private readonly ServerMeter _meter;
    private readonly IStopwatch _clock;
    private readonly ulong _incarnation;
    private TrafficTotals _ended;
    private MsgcServerOptions _options;
    private BacklogLimits _limits;
    private bool _stopping;
    private bool _drained;

    private MsgcServer(MsgcServerOptions options)
    {
        _options = options;
        _dispatcher = new Dispatcher(options.Scheduler);
        _logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<MsgcServer>();
        _transport = options.Transport ?? Sockets.For(options.Scheduler);
        _stopped = new Completion<bool>(_dispatcher);
        _limits = Limits(options);
        var incarnation = (options.Entropy ?? Entropy.Distinct)();
        _clock = _dispatcher.Scheduler.StartStopwatch();
        _incarnation = incarnation;
        _system = new SystemGroups(options.Name, incarnation, options.MaxFrameBytes, _dispatcher, () => _mesh!.States.Latest, Statistics);
        _switchboard = _system.Switchboard = new Switchboard(options.Name, options.MaxFrameBytes, _dispatcher, _counts, _system.Listened);
        _mesh = new Mesh(() => Options, (incarnation, options.Entropy ?? Entropy.Unguessable), _dispatcher, Dial, Open, Linked, _switchboard.Links, _logger);
        _mesh.States.Subscribe(_ => _system.PublishPeers());
        var rules = new SessionRules(() => Options.IdleTimeout, () => Options.KeepAliveInterval, () => Options.MessagesPerIteration);
        _settings = new ServerSessionSettings(
            () => new WelcomeFrame(options.MaxFrameBytes, incarnation, Options.IdleTimeout, options.Name) { MessagesPerFrame = Volatile.Read(ref _limits).FrameMessages(Options.MessagesPerIteration) },
            options.MaxFrameBytes, rules)
        {
            Outbox = new OutboxSettings(_dispatcher.Scheduler)
            {
                LimitsInForce = () => Volatile.Read(ref _limits), StallTimeout = () => Options.StallTimeout, Clock = () => _clock.Elapsed, Pool = Pool,
            },
            Authorize = hello => Options.Authorize?.Invoke(hello.Credentials),
            Peering = _mesh,
            Links = _switchboard.Links,
            Refused = Refused,
            Slow = Slow,
            Stuck = Stuck,
        };
        _meter = new ServerMeter(options.Name, new MsgcClientId(incarnation), Figures, _counts);
    }

    /// <summary>This server's name.</summary>
    public string NodeName => Options.Name;

    /// <summary>The options in force.</summary>
    public MsgcServerOptions Options => Volatile.Read(ref _options);

    /// <summary>Where it listens; port 0 has become a real one.</summary>
    public IReadOnlyList<MsgcEndpoint> Endpoints { get; private set; } = [];

    /// <summary>The clock of all its rules.</summary>
    public System.Reactive.Concurrency.IScheduler Scheduler => _dispatcher.Scheduler;

    /// <summary>
    /// The states of the links to all peers, ordered by name: as they are first, then all of them at each change; completes when the server
    /// has stopped. One call at a time. (contract, "§6")
    /// </summary>
    public IObservable<IReadOnlyList<MsgcPeerState>> Peers => _mesh.States;

    /// <summary>Blocks received into and not yet sent on; 0 once the server is disposed.</summary>
    internal BlockPool Pool { get; } = new();

    internal ISwitchboard Switchboard => _switchboard;

    /// <summary>Starts a server: when the task completes it listens on all of its endpoints.</summary>
    /// <exception cref="ArgumentException">An option is wrong; the message names it and what would be right.</exception>
    /// <exception cref="MsgcConnectionException">An endpoint cannot be bound; nothing was started.</exception>
    public static Task<MsgcServer> StartAsync(MsgcServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();
        var server = new MsgcServer(options.Validated());
        try
        {
            server._mesh.Configure(server.Options);
            server.Listen(server.Options);
            server._mesh.Start();
        }
        catch
        {
            server._meter.Dispose(); // who collects would keep it, and the server with it
            throw;
        }
        return Task.FromResult(server);
    }

    /// <summary>
    /// Changes options while running; they apply to live connections without dropping them. Endpoints that are new are bound, those no
    /// longer listed closed, and what was accepted there lives on. (contract, "§2")
    /// </summary>
    /// <param name="options">All options, best made from <see cref="Options"/> by <c>with</c>.</param>
    /// <exception cref="ArgumentException">An option is wrong, or fixed for life; nothing was changed.</exception>
    /// <exception cref="MsgcConnectionException">An endpoint cannot be bound; nothing was changed.</exception>
    /// <exception cref="ObjectDisposedException">The server is stopping.</exception>
    public void Configure(MsgcServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (_configuring)
        {
            ServerSession[] sessions;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_stopping, this);
                options.ValidatedChangeOf(_options);
                Listen(options);
                Volatile.Write(ref _options, options);
                Volatile.Write(ref _limits, Limits(options));
                sessions = [.. _sessions, .. _linkSessions];
            }
            foreach (var session in sessions) session.Reconfigure();
            _mesh.Configure(options);
        }
    }

    /// <summary>
    /// Stops gracefully: accepts nobody new, tells clients and peers, and lets clients take what is queued for them and move to another
    /// server, for up to <see cref="MsgcOptions.DrainTimeout"/>. Completes when the last session and link has ended. (contract, "§6")
    /// </summary>
    public Task StopAsync(CancellationToken cancellationToken = default)
    {
        ServerSession[] sessions;
        lock (_gate)
        {
            if (_stopping) return _stopped.Task.WaitAsync(cancellationToken);
            _stopping = true;
            sessions = [.. _sessions, .. _linkSessions];
        }
        Log.Stopping(_logger, NodeName);
        foreach (var listener in _listeners.Values) listener.Dispose();
        _mesh.Stop();
        _switchboard.Drain();
        foreach (var session in sessions) session.Drain();
        _deadline.Disposable = _dispatcher.Scheduler.Schedule(Options.DrainTimeout, Abort);
        StoppedIfEmpty();
        return _stopped.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Stops at once: sessions end without waiting for what is queued.</summary>
    public async ValueTask DisposeAsync()
    {
        var stop = StopAsync();
        Abort();
        await stop.ConfigureAwait(false);
    }

    /// <summary>Binds what is new, then lets go what is not wanted any more: nothing changes when an endpoint cannot be bound.</summary>
    private void Listen(MsgcServerOptions options)
    {
        var wanted = options.Listens();
        var bound = new Dictionary<MsgcEndpoint, IMsgcListener>();
        try
        {
            foreach (var (endpoint, listen) in wanted)
            {
                if (_listeners.TryGetValue(endpoint, out var listener)) listener.Options = SocketOptions(options, listen);
                else bound.Add(endpoint, _transport.Listen(endpoint, SocketOptions(options, listen)));
            }
        }
        catch
        {
            foreach (var listener in bound.Values) listener.Dispose();
            throw;
        }
        foreach (var endpoint in _listeners.Keys.Except(wanted.Keys).ToArray())
        {
            if (_listeners.Remove(endpoint, out var listener)) listener.Dispose();
        }
        foreach (var (endpoint, listener) in bound) _listeners.Add(endpoint, listener);
        Endpoints = [.. wanted.Keys.Select(e => _listeners[e].Endpoint)];
        foreach (var listener in bound.Values)
        {
            Log.Listening(_logger, NodeName, listener.Endpoint);
            listener.Start(Accept);
        }
    }

    private static MsgcSocketOptions SocketOptions(MsgcServerOptions options, MsgcListenOptions listen) => new()
    {
        TcpBufferSize = options.TcpBufferSize, AcceptQueueBacklog = listen.AcceptQueueBacklog, FileMode = listen.FileMode,
    };

    private static BacklogLimits Limits(MsgcServerOptions options) => new(options.MaxBacklog, options.MaxBacklogBytes);

    private void StoppedIfEmpty()
    {
        bool clientsGone;
        lock (_gate)
        {
            if (!_stopping || _sessions.Count > 0) return;
            clientsGone = !_drained;
            _drained = true;
            if (!clientsGone && _linkSessions.Count > 0) return;
        }
        if (clientsGone) _switchboard.EndDrain();
        lock (_gate)
        {
            if (_linkSessions.Count > 0) return;
        }
        _deadline.Dispose();
        _system.Dispose();
        _meter.Dispose();
        _mesh.End(() => _stopped.TrySetResult(true));
    }

    private void Abort()
    {
        ServerSession[] sessions;
        lock (_gate) sessions = [.. _sessions, .. _linkSessions];
        foreach (var session in sessions) session.Fail(MsgcCause.Draining, "The server has stopped.");
    }
}
