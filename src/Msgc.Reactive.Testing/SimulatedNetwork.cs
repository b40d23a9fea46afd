using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Msgc.Reactive.Testing.Network;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Testing;

/// <summary>
/// A network of named hosts inside one process, driven by one scheduler: connects, bytes, windows and ends behave as TCP's do, everything
/// happens in scheduled actions, and the same seed and calls give the same run. Use it from the scheduler's thread only.
/// </summary>
/// <remarks>
/// <para>Connections: a connect takes a round trip, then the listener accepts and the dial emits, in this order and on one tick. Bytes
/// arrive in order one latency after they left the send buffer. The receive buffer and the send buffer hold
/// <see cref="MsgcSocketOptions.TcpBufferSize"/> bytes each: a receiver that pauses fills the first, then the second, then
/// <see cref="IMsgcConnectionHandler.OnSent"/> waits; room that it makes is known to the sender one latency later.</para>
/// <para>Ends: after an abort, accepted bytes still arrive, and behind them the far end ends with <see cref="MsgcCause.Closed"/>, though
/// not while it has paused.</para>
/// <para>Hosts: an endpoint is <c>host:port</c>. No host, <c>localhost</c>, <c>127.0.0.1</c>, <c>::1</c> and unix sockets mean the host
/// itself. Port 0 becomes the first free one from 49152.</para>
/// </remarks>
public sealed partial class SimulatedNetwork
{
    private readonly IScheduler _scheduler;
    private readonly ulong _seed;
    private readonly Dictionary<string, SimulatedHost> _hosts = new(StringComparer.Ordinal);
    private readonly Dictionary<(string From, string To), Route> _routes = [];
    private readonly LinkedList<SimulatedConnection> _connections = []; // the dialling ends, in order of their making
    private readonly LinkedList<Attempt> _hanging = [];
    private readonly Subject<NetworkEvent> _trace = new();
    private ulong _randoms;
    private int _connectionNumbers;

    /// <summary>Makes a network without hosts.</summary>
    /// <param name="scheduler">Its time, and where everything it does happens.</param>
    /// <param name="seed">Of all that is random here: latencies and chunk sizes.</param>
    public SimulatedNetwork(IScheduler scheduler, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        _scheduler = scheduler;
        _seed = seed;
        Events = _trace.AsObservable();
    }

    /// <summary>What happens, as it happens; hot and endless. Costs next to nothing while nobody listens.</summary>
    public IObservable<NetworkEvent> Events { get; }

    /// <summary>How received bytes are cut into blocks; default <see cref="Chunking.Whole"/>. Can be changed at any time.</summary>
    public Chunking Chunking { get; set; }

    /// <summary>Size of both buffers of connections made from now on; default null: what their <see cref="MsgcSocketOptions"/> say.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int? WindowBytes
    {
        get;
        set
        {
            if (value is { } bytes) ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
            field = value;
        }
    }

    /// <summary>Connections of which at least one side has not ended.</summary>
    public int Connections => _connections.Count;

    /// <summary>Scheduled actions that have not run yet: 0 when nothing is under way. What waits at a frozen host is not counted.</summary>
    public int PendingActions { get; private set; }

    /// <summary>The transport of a host; the same object for the same name.</summary>
    public IMsgcTransport Host(string name) => GetHost(name);

    internal SegmentPool Segments { get; } = new();

    internal long Clock => _scheduler.Now.UtcTicks;

    internal bool IsTraced => _trace.HasObservers;

    internal SimulatedHost? FindHost(string name) => _hosts.GetValueOrDefault(name);

    internal SeededRandom NextRandom() => SeededRandom.For(_seed, _randoms++);

    internal Route GetRoute(string from, string to)
    {
        if (!_routes.TryGetValue((from, to), out var route)) _routes.Add((from, to), route = new Route(this));
        return route;
    }

    /// <summary>All that the network ever does is done here: counted, and never inside the caller's stack.</summary>
    internal void Schedule<T>(T state, long ticks, Action<T> action)
    {
        PendingActions++;
        _scheduler.Schedule((Network: this, State: state, Action: action), TimeSpan.FromTicks(ticks), static (_, due) =>
        {
            due.Network.PendingActions--;
            due.Action(due.State);
            return Disposable.Empty;
        });
    }

    /// <summary>Makes a connection and gives the dialling end.</summary>
    internal SimulatedConnection Connect(SimulatedHost from, SimulatedHost to, string farAddress, string nearAddress, int nearBuffer, int farBuffer)
    {
        nearBuffer = WindowBytes ?? Math.Max(1, nearBuffer);
        farBuffer = WindowBytes ?? Math.Max(1, farBuffer);
        Route there = GetRoute(from.Name, to.Name), back = GetRoute(to.Name, from.Name);
        var outward = new Pipe(this, there, back, nearBuffer, farBuffer, NextRandom());
        var homeward = new Pipe(this, back, there, farBuffer, nearBuffer, NextRandom());
        var number = ++_connectionNumbers;
        var near = new SimulatedConnection(this, from, farAddress, number, outward, homeward);
        var far = new SimulatedConnection(this, to, nearAddress, number, homeward, outward) { Far = near };
        near.Far = far;
        near.Listed = far.Listed = _connections.AddLast(near);
        outward.Join(near, far);
        homeward.Join(far, near);
        if (IsTraced) Trace(NetworkEventKind.Connected, near, 0);
        return near;
    }

    /// <summary>One end of a connection has ended.</summary>
    internal void Ended(SimulatedConnection connection)
    {
        if (connection.Far.HasEnded) _connections.Remove(connection.Listed);
        if (IsTraced) Trace(NetworkEventKind.Ended, connection, 0);
    }

    internal void Trace(NetworkEventKind kind, SimulatedConnection from, int bytes) =>
        _trace.OnNext(new NetworkEvent(Clock, kind, from.Host.Name, from.Far.Host.Name, from.Number, bytes));

    internal void TraceRefusal(string from, string to) => _trace.OnNext(new NetworkEvent(Clock, NetworkEventKind.Refused, from, to, 0, 0));

    internal void Hang(Attempt attempt) => attempt.Hanging = _hanging.AddLast(attempt);

    internal void Unhang(Attempt attempt)
    {
        _hanging.Remove(attempt.Hanging!);
        attempt.Hanging = null;
    }

    private SimulatedHost GetHost(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_hosts.TryGetValue(name, out var host)) _hosts.Add(name, host = new SimulatedHost(this, name, new SimulatedProcess(this, _scheduler)));
        return host;
    }
}
