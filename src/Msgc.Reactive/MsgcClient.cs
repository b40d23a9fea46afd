using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Msgc.Reactive.Diagnostics;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Groups;
using Msgc.Reactive.Operators;
using Msgc.Reactive.Sessions;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive;

/// <summary>
/// A client: one connection to one server at a time, picked from an ordered list; any number of groups over it. It reconnects by itself
/// and re-establishes what was joined. A client with live subscriptions stays alive without a reference to it. Thread-safe.
/// </summary>
public sealed partial class MsgcClient : IAsyncDisposable, IDisposable
{
    private const int Ending = 1;
    private const int Told = 2;

    /// <summary>Clients with subscriptions: nobody else may hold them.</summary>
    private static readonly ConcurrentDictionary<MsgcClient, bool> Subscribed = new();

    private readonly Dispatcher _dispatcher;
    private readonly Func<ulong> _entropy;
    private readonly ILogger _logger;
    private readonly IMsgcTransport _transport;
    private readonly Turn _turn;
    private readonly PublishQueue _queue;
    private readonly ClientGroups _groups;
    private readonly SessionRules _rules;
    private readonly Setting<IReadOnlyList<MsgcEndpoint>> _servers;
    private readonly HashSet<ClientSession> _live = [];
    private readonly HashSet<MsgcEndpoint> _lived = [];
    private readonly ConnectionStates _states;
    private readonly Fanout<MsgcDiagnostic> _diagnostics;
    private readonly SingleAssignmentDisposable _life = new();
    private readonly Lock _gate = new();
    private readonly Lock _configuring = new();
    private readonly Completion<bool> _closed;
    private readonly ClientMeter _meter;
    private TrafficTotals _past;
    private MsgcClientOptions _options;
    private BacklogLimits _limits;
    private Task? _disposal;
    private ulong _sessions;
    private int _ended;

    /// <summary>Makes a client, which dials on its scheduler at once.</summary>
    /// <exception cref="ArgumentException">An option is wrong; the message names it and what would be right.</exception>
    public MsgcClient(MsgcClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Validated();
        _dispatcher = new Dispatcher(options.Scheduler);
        _entropy = options.Entropy ?? Entropy.Distinct;
        Id = new MsgcClientId(_entropy());
        Name = options.EffectiveName;
        _logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<MsgcClient>();
        _transport = options.Transport ?? Sockets.For(options.Scheduler);
        _turn = new Turn(_dispatcher);
        _closed = new Completion<bool>(_dispatcher);
        _limits = Limits(options);
        _queue = new PublishQueue(_dispatcher, Pool, Id.Value, () => Volatile.Read(ref _limits), options.MaxFrameBytes);
        _states = new ConnectionStates(_turn, error => Report(new MsgcDiagnostic(MsgcDiagnosticKind.ObserverFailed, null, 0, error)));
        var groupRules = new ClientRules(() => Options.IdleTimeout, () => Options.StallTimeout, () => Volatile.Read(ref _limits), () => Options.DrainTimeout, HasAnother);
        _groups = new ClientGroups(_queue, _turn, _dispatcher, groupRules, _states, Report) { Probe = options.Probe, Id = Id };
        _meter = new ClientMeter(Name, Id, Traffic, () => _queue.Used.Messages, _groups.Counts);
        _groups.ActiveChanged += KeepAlive;
        _groups.Moved += LogConnected;
        _rules = new SessionRules(() => Options.IdleTimeout, () => Options.KeepAliveInterval, () => Options.MessagesPerIteration);
        _diagnostics = new Fanout<MsgcDiagnostic>(error => Log.ObserverFailed(_logger, Name, error));
        Diagnostics = Observable.Create<MsgcDiagnostic>(observer => _diagnostics.Add(observer, static () => { }) ?? Disposable.Empty);

        var rules = new ReconnectRules(() => Options.ConnectTimeout, () => Options.ReconnectInterval, () => Entropy.PartOf(Options.ReconnectJitter, _entropy));
        _servers = new Setting<IReadOnlyList<MsgcEndpoint>>(options.Endpoints);
        _dispatcher.Post(() => _life.Disposable = Lifecycle.Dialled(_servers, Connect, Attach, rules, Ended, _dispatcher.Scheduler).Subscribe(_ => { }, GiveUp));
    }

    /// <summary>This client's id, the same over all reconnects.</summary>
    public MsgcClientId Id { get; }

    /// <summary>This client's name, as views show it.</summary>
    public string Name { get; }

    /// <summary>The options in force.</summary>
    public MsgcClientOptions Options => Volatile.Read(ref _options);

    /// <summary>The clock of all its rules; give it to time-based operators, so that they run in the same time.</summary>
    public IScheduler Scheduler => _dispatcher.Scheduler;

    /// <summary>What the connection is doing, the current state first; completes when the client is disposed. One call at a time.</summary>
    public IObservable<MsgcConnectionState> State => _states;

    /// <summary>What went wrong without ending a sequence; completes when the client is disposed.</summary>
    public IObservable<MsgcDiagnostic> Diagnostics { get; }

    /// <summary>Blocks of the outbound queue and of what is received; none is outstanding once the client is disposed.</summary>
    internal BlockPool Pool { get; } = new(64 * 1024);

    /// <summary>What is in the outbound queue.</summary>
    internal Load Queued => _queue.Used;

    /// <summary>Makes a client and waits for its first connection; attempts go on until there is one.</summary>
    /// <param name="options">The client's options.</param>
    /// <param name="cancellationToken">Gives up, and disposes the client.</param>
    /// <exception cref="ArgumentException">An option is wrong.</exception>
    /// <exception cref="MsgcRefusedException">A server refused what retrying cannot mend.</exception>
    public static async Task<MsgcClient> ConnectAsync(MsgcClientOptions options, CancellationToken cancellationToken = default)
    {
        var client = new MsgcClient(options);
        try
        {
            var connected = new Completion<bool>(client._dispatcher);
            connected.CancelWith(cancellationToken);
            using (client.State.Subscribe(
                state =>
                {
                    if (state.Phase == MsgcConnectionPhase.Connected) connected.TrySetResult(true);
                },
                error => connected.TrySetException(error),
                () => connected.TrySetException(new ObjectDisposedException(nameof(MsgcClient)))))
            {
                await connected.Task.ConfigureAwait(false);
            }
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>The group of that name: cheap, and the same object each time.</summary>
    /// <param name="name">1 to 255 bytes of UTF-8 without control characters; case-sensitive; names starting with $ are the system's.</param>
    /// <exception cref="ArgumentException">The name is no valid one.</exception>
    public MsgcGroup Group(string name) => _groups.Get(name);

    /// <summary>The group of that name, its payloads read and written as JSON without reflection.</summary>
    /// <exception cref="ArgumentException">The name is no valid one.</exception>
    public MsgcGroup<T> Group<T>(string name, JsonTypeInfo<T> jsonTypeInfo) => new(Group(name), new JsonPayloads<T>(jsonTypeInfo), Report);

    /// <summary>The group of that name, its payloads read and written by a serializer of yours.</summary>
    /// <exception cref="ArgumentException">The name is no valid one.</exception>
    public MsgcGroup<T> Group<T>(string name, IMsgcSerializer<T> serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        return new MsgcGroup<T>(Group(name), serializer, Report);
    }

    /// <summary>The group of that name, its payloads read and written as JSON by reflection.</summary>
    /// <exception cref="ArgumentException">The name is no valid one.</exception>
    [RequiresUnreferencedCode("JSON by reflection; give a JsonTypeInfo when trimming.")]
    [RequiresDynamicCode("JSON by reflection; give a JsonTypeInfo when compiling ahead of time.")]
    public MsgcGroup<T> Group<T>(string name) => Group(name, (JsonTypeInfo<T>)System.Text.Json.JsonSerializerOptions.Web.GetTypeInfo(typeof(T)));

    /// <summary>Completes when the server has handled all that was published before this call. While disconnected it waits. (contract, "§5")</summary>
    /// <exception cref="MsgcLostException">Some of it was handed to a connection that was lost before the server acknowledged it.</exception>
    /// <exception cref="MsgcPausedException">An observer of this client has paused reading for longer than StallTimeout: the answer lies behind it.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public Task FlushAsync(CancellationToken cancellationToken = default) =>
        _groups.Stuck is { } stuck ? Task.FromException(stuck) : _queue.FlushAsync(cancellationToken);

    /// <summary>
    /// Changes options while running; they apply to the live connection without dropping it. It is dialled anew only when its server is
    /// no longer listed, or the local address changes. (contract, "§2")
    /// </summary>
    /// <param name="options">All options, best made from <see cref="Options"/> by <c>with</c>.</param>
    /// <exception cref="ArgumentException">An option is wrong, or fixed for life; nothing was changed.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void Configure(MsgcClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (_configuring) Change(options);
    }

    /// <summary>Ends at once: what is queued is not sent; sequences complete.</summary>
    public void Dispose() => End(null);

    /// <summary>
    /// Sends what is queued and waits until the server has handled it, for up to <see cref="MsgcOptions.DrainTimeout"/>, while connected;
    /// then ends, and sequences complete. Called from one of this client's observers it does not wait.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate) _disposal ??= DrainAsync();
        return _turn.IsMine ? ValueTask.CompletedTask : new ValueTask(_disposal);
    }

    private async Task DrainAsync()
    {
        if (_states.IsConnected && Volatile.Read(ref _ended) == 0)
        {
            using var deadline = new CancellationTokenSource();
            using (_dispatcher.Scheduler.Schedule(Options.DrainTimeout, deadline.Cancel))
            {
                // Whatever keeps the flush from completing, a lost connection or the deadline, is no reason not to end.
                await _queue.FlushAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        End(null);
        await _closed.Task.ConfigureAwait(false);
    }

    private void Change(MsgcClientOptions options)
    {
        bool rebind, pace;
        ClientSession[] sessions;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _ended) != 0, this);
            options.ValidatedChangeOf(_options);
            rebind = options.BindAddress != _options.BindAddress;
            pace = options.ReconnectInterval != _options.ReconnectInterval;
            Volatile.Write(ref _options, options);
            Volatile.Write(ref _limits, Limits(options));
            sessions = [.. _live];
        }
        _queue.Readmit();
        foreach (var session in sessions)
        {
            session.Reconfigure();
            if (rebind) Rebind(session);
        }
        // Whoever waits for the interval looks at it again when a list comes, an equal one included.
        if (pace || !options.Endpoints.SequenceEqual(_servers.Value)) _servers.Set(options.Endpoints);
    }

    private static BacklogLimits Limits(MsgcClientOptions options) => new(options.MaxBacklog, options.MaxBacklogBytes);

    private void End(Exception? error)
    {
        if (Interlocked.CompareExchange(ref _ended, Ending, 0) != 0) return;
        _life.Dispose();
        _queue.Close(error ?? new ObjectDisposedException(nameof(MsgcClient)));
        _turn.Post(() =>
        {
            _groups.End(error);
            _states.End(error);
            _diagnostics.End(null);
            Subscribed.TryRemove(this, out _);
            Volatile.Write(ref _ended, Told);
            CloseIfDone();
        });
    }

    /// <summary>Closed means: all sequences have ended, and no connection touches anything any more.</summary>
    private void CloseIfDone()
    {
        lock (_gate)
        {
            if (Volatile.Read(ref _ended) != Told || _live.Count > 0) return;
        }
        _meter.Dispose();
        _closed.TrySetResult(true);
    }

    /// <summary>Live sessions and those that have ended, together.</summary>
    private TrafficTotals Traffic()
    {
        lock (_gate) return _live.Aggregate(_past, static (sum, session) => sum + TrafficOf(session));
    }

    private static TrafficTotals TrafficOf(ClientSession session)
    {
        var traffic = session.Traffic;
        return new TrafficTotals(traffic.MessagesIn, traffic.BytesIn, traffic.MessagesOut, traffic.BytesOut, 0);
    }

    private void KeepAlive(bool active)
    {
        if (active && Volatile.Read(ref _ended) == 0) Subscribed[this] = true;
        else Subscribed.TryRemove(this, out _);
    }

    private void Report(MsgcDiagnostic diagnostic)
    {
        _groups.Counts.Diagnose(diagnostic);
        if (diagnostic is { Kind: MsgcDiagnosticKind.ObserverFailed, Error: { } error }) Log.ObserverFailed(_logger, Name, error);
        if (!_diagnostics.IsEmpty) _turn.Post(() => _diagnostics.Push(diagnostic));
    }
}
