using System.Reactive.Concurrency;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Msgc.Reactive.Diagnostics;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive;

/// <summary>A server: owns its listeners and client sessions, routes, and stores nothing. Thread-safe.</summary>
public sealed class MsgcServer : IAsyncDisposable
{
    private readonly Dispatcher _dispatcher;
    private readonly ILogger _logger;
    private readonly Switchboard _switchboard;
    private readonly ServerSessionSettings _settings;
    private readonly Dictionary<MsgcEndpoint, IMsgcListener> _listeners = [];
    private readonly IMsgcTransport _transport;
    private readonly Lock _gate = new();
    private readonly HashSet<ServerSession> _sessions = [];
    private readonly Completion<bool> _stopped;
    private readonly System.Reactive.Disposables.SingleAssignmentDisposable _deadline = new();
    private MsgcServerOptions _options;
    private BacklogLimits _limits;
    private bool _stopping;

    private MsgcServer(MsgcServerOptions options)
    {
        _options = options;
        _dispatcher = new Dispatcher(options.Scheduler);
        _logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<MsgcServer>();
        _transport = options.Transport ?? Sockets.For(options.Scheduler);
        _stopped = new Completion<bool>(_dispatcher);
        _switchboard = new Switchboard(options.Name);
        _limits = Limits(options);
        var incarnation = (options.Entropy ?? Entropy.System)();
        var rules = new SessionRules(() => Options.IdleTimeout, () => Options.KeepAliveInterval, () => Options.MessagesPerIteration);
        _settings = new ServerSessionSettings(
            () => new WelcomeFrame(options.MaxFrameBytes, incarnation, Options.IdleTimeout, options.Name), options.MaxFrameBytes, rules)
        {
            Limits = () => Volatile.Read(ref _limits),
            StallTimeout = () => Options.StallTimeout,
            Authorize = hello => Options.Authorize?.Invoke(hello.Credentials),
            Refused = (session, reason) => Log.ClientRefused(_logger, session.RemoteAddress, reason),
            Slow = (session, used, group) => Log.ClientSlow(
                _logger, session.Client.Name, new MsgcClientId(session.Client.ClientId), session.RemoteAddress, group, used.Messages, used.Bytes),
            Stuck = (session, used, group) => Log.ClientStuck(
                _logger, session.Client.Name, new MsgcClientId(session.Client.ClientId), session.RemoteAddress, group, used.Messages, used.Bytes),
        };
    }

    /// <summary>This server's name.</summary>
    public string NodeName => Options.Name;

    /// <summary>The options in force.</summary>
    public MsgcServerOptions Options => Volatile.Read(ref _options);

    /// <summary>Where it listens; port 0 has become a real one.</summary>
    public IReadOnlyList<MsgcEndpoint> Endpoints { get; private set; } = [];

    /// <summary>The clock of all its rules.</summary>
    public System.Reactive.Concurrency.IScheduler Scheduler => _dispatcher.Scheduler;

    /// <summary>Blocks received into and not yet sent on; 0 once the server is disposed.</summary>
    internal BlockPool Pool { get; } = new();

    /// <summary>Starts a server: when the task completes it listens on all of its endpoints.</summary>
    /// <exception cref="ArgumentException">An option is wrong; the message names it and what would be right.</exception>
    /// <exception cref="MsgcConnectionException">An endpoint cannot be bound; nothing was started.</exception>
    public static Task<MsgcServer> StartAsync(MsgcServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();
        var server = new MsgcServer(options.Validated());
        server.Listen(server.Options);
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
        ServerSession[] sessions;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            options.ValidatedChangeOf(_options);
            Listen(options);
            Volatile.Write(ref _options, options);
            Volatile.Write(ref _limits, Limits(options));
            sessions = [.. _sessions];
        }
        foreach (var session in sessions) session.Reconfigure();
    }

    /// <summary>
    /// Stops gracefully: accepts nobody new, tells clients, lets them take what is queued for them for up to
    /// <see cref="MsgcOptions.DrainTimeout"/>, and ends their sessions. Completes when the last one has ended.
    /// </summary>
    public Task StopAsync(CancellationToken cancellationToken = default)
    {
        ServerSession[] sessions;
        lock (_gate)
        {
            if (_stopping) return _stopped.Task.WaitAsync(cancellationToken);
            _stopping = true;
            sessions = [.. _sessions];
        }
        Log.Stopping(_logger, NodeName);
        foreach (var listener in _listeners.Values) listener.Dispose();
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
        var wanted = MsgcServerOptions.ParseEndpoints(options.Listen, nameof(MsgcServerOptions.Listen));
        var socketOptions = new MsgcSocketOptions { TcpBufferSize = options.TcpBufferSize };
        var bound = new Dictionary<MsgcEndpoint, IMsgcListener>();
        try
        {
            foreach (var endpoint in wanted.Distinct().Where(e => !_listeners.ContainsKey(e))) bound.Add(endpoint, _transport.Listen(endpoint, socketOptions));
        }
        catch
        {
            foreach (var listener in bound.Values) listener.Dispose();
            throw;
        }
        foreach (var endpoint in _listeners.Keys.Except(wanted).ToArray())
        {
            if (_listeners.Remove(endpoint, out var listener)) listener.Dispose();
        }
        foreach (var listener in _listeners.Values) listener.Options = socketOptions;
        foreach (var (endpoint, listener) in bound) _listeners.Add(endpoint, listener);
        Endpoints = [.. wanted.Distinct().Select(e => _listeners[e].Endpoint)];
        foreach (var listener in bound.Values)
        {
            Log.Listening(_logger, NodeName, listener.Endpoint);
            listener.Start(Accept);
        }
    }

    private void Accept(IMsgcConnection connection)
    {
        var session = new ServerSession(connection, _dispatcher, Pool, _switchboard, _settings);
        lock (_gate)
        {
            if (_stopping)
            {
                connection.Abort(MsgcCause.Draining);
                return;
            }
            _sessions.Add(session);
        }
        session.Closed += () => Forget(session);
        // Rooted by the connection, and always ended by it: there is nothing to dispose.
        Lifecycle.Accepted(session, Attach, Options.ConnectTimeout, _dispatcher.Scheduler).Subscribe(_ => { }, error => Ended(session, error));
    }

    private static BacklogLimits Limits(MsgcServerOptions options) => new(options.MaxBacklog, options.MaxBacklogBytes);

    private IDisposable Attach(ServerSession session)
    {
        Log.ClientConnected(_logger, session.Client.Name, new MsgcClientId(session.Client.ClientId), session.RemoteAddress);
        _switchboard.Attach(session);
        return System.Reactive.Disposables.Disposable.Create(
            () => _switchboard.Detach(session, _stopping ? MsgcViewCause.Shutdown : MsgcViewCause.Disconnect));
    }

    private void Ended(ServerSession session, Exception error)
    {
        session.Ended(error);
        var end = session.End!;
        if (end.Cause == MsgcCause.Protocol) Log.ProtocolError(_logger, session.RemoteAddress, end.Message);
        else if (session.Client is not { } client) Log.HandshakeFailed(_logger, session.RemoteAddress, end.Cause, end.Message);
        else Log.ClientGone(_logger, client.Name, new MsgcClientId(client.ClientId), session.RemoteAddress, end.Cause, end.Message);
    }

    private void Forget(ServerSession session)
    {
        lock (_gate) _sessions.Remove(session);
        StoppedIfEmpty();
    }

    private void StoppedIfEmpty()
    {
        lock (_gate)
        {
            if (!_stopping || _sessions.Count > 0) return;
        }
        _deadline.Dispose();
        _stopped.TrySetResult(true);
    }

    private void Abort()
    {
        ServerSession[] sessions;
        lock (_gate) sessions = [.. _sessions];
        foreach (var session in sessions) session.Fail(MsgcCause.Draining, "The server has stopped.");
    }
}
