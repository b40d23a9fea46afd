using System.Reactive.Concurrency;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>A frame that came over a <see cref="Tap"/>, and when.</summary>
internal sealed record TapFrame(long Time, FrameKind Kind, byte[] Bytes)
{
    /// <summary>The first number of a frame of numbers.</summary>
    public ulong Number => Frames.NumberAt(new Frame(Bytes), 0);
}

/// <summary>One end of a connection, played by the test frame by frame: it answers nothing by itself and keeps nothing alive.</summary>
internal sealed class Tap(VirtualTimeSchedulerBase<long, long> scheduler) : IMsgcConnectionHandler
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly List<byte> _unread = [];
    private readonly Queue<byte[]> _unsent = new();
    private IMsgcConnection? _connection;
    private IDisposable? _dial;
    private bool _sending;

    /// <summary>All that has come, in order.</summary>
    public List<TapFrame> Frames { get; } = [];

    /// <summary>When the connection was there.</summary>
    public long OpenedAt { get; private set; } = -1;

    /// <summary>How many sends the connection has not taken yet.</summary>
    public int Unsent => _unsent.Count;

    public (long Time, MsgcCause Cause)? End { get; private set; }

    /// <summary>False: it never reads, so the far end's bytes fill the window.</summary>
    public bool Reads { get; init; } = true;

    /// <summary>Called for each frame, after it was written down.</summary>
    public Action<TapFrame>? Receiving { get; set; }

    public IEnumerable<TapFrame> Of(FrameKind kind) => Frames.Where(f => f.Kind == kind);

    public long[] TimesOf(FrameKind kind) => [.. Of(kind).Select(f => f.Time)];

    /// <summary>Dials; what is sent before the connection is there follows it.</summary>
    public Tap Dial(IMsgcTransport transport, string endpoint)
    {
        _dial = transport.Dial(MsgcEndpoint.Parse(endpoint), new MsgcSocketOptions()).Subscribe(Open);
        return this;
    }

    public void Open(IMsgcConnection connection)
    {
        _connection = connection;
        OpenedAt = scheduler.Clock;
        if (!Reads) connection.Pause();
        connection.Start(this);
        Next();
    }

    public void Send(params byte[][] frames)
    {
        foreach (var frame in frames) _unsent.Enqueue(frame);
        Next();
    }

    /// <summary>Reads on, where it did not.</summary>
    public void Resume() => _connection!.Resume();

    public void Close()
    {
        if (_dial is not null) _dial.Dispose();
        else _connection?.Abort(MsgcCause.Closed);
    }

    public Memory<byte> GetBuffer() => _buffer;

    public void OnReceived(int bytes)
    {
        _unread.AddRange(_buffer.AsSpan(0, bytes));
        while (Frame.TryRead(_unread.ToArray(), int.MaxValue, out var frame, out var reason) == FrameStatus.Complete)
        {
            Assert.Null(reason);
            var read = new TapFrame(scheduler.Clock, frame.Kind, frame.Bytes.ToArray());
            _unread.RemoveRange(0, read.Bytes.Length);
            Frames.Add(read);
            Receiving?.Invoke(read);
        }
    }

    public void OnSent()
    {
        _sending = false;
        Next();
    }

    public void OnEnded(MsgcCause cause, Exception? error) => End = (scheduler.Clock, cause);

    private void Next()
    {
        if (_connection is null || _sending || End is not null || !_unsent.TryDequeue(out var frame)) return;
        _sending = true;
        _connection.Send([new ArraySegment<byte>(frame)]);
    }
}

/// <summary>A listener whose connections the test plays.</summary>
internal sealed class RawServer
{
    private readonly IMsgcListener _listener;

    /// <param name="world">Where.</param>
    /// <param name="host">The host that it listens on, at port 4809.</param>
    /// <param name="welcome">What each hello is answered with at once; null for never.</param>
    public RawServer(World world, string host, WelcomeFrame? welcome)
    {
        _listener = world.Network.Host(host).Listen(MsgcEndpoint.Tcp("", 4809), new MsgcSocketOptions());
        _listener.Start(connection =>
        {
            var wire = new Tap(world.Scheduler);
            wire.Receiving = frame =>
            {
                if (frame.Kind == FrameKind.Hello && welcome is not null) wire.Send(welcome.Write());
            };
            Wires.Add(wire);
            wire.Open(connection);
        });
    }

    /// <summary>Its connections in order.</summary>
    public List<Tap> Wires { get; } = [];

    /// <summary>The only one.</summary>
    public Tap Tap => Assert.Single(Wires);
}

/// <summary>Short forms for tests of time and traffic.</summary>
internal static class Raw
{
    /// <summary>The least that time can move.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    /// <summary>One way, between any two hosts unless a test says otherwise.</summary>
    public static readonly TimeSpan Latency = TimeSpan.FromMicroseconds(100);

    /// <summary>Short for TimeSpan.FromSeconds.</summary>
    public static TimeSpan Sec(double seconds) => TimeSpan.FromSeconds(seconds);

    public static long Ticks(double seconds) => Sec(seconds).Ticks;

    public static HelloFrame Hello(TimeSpan? idleTimeout = null, ulong client = 77, ulong session = 1) =>
        new(client, session, idleTimeout ?? Sec(30), "raw", false);

    public static WelcomeFrame Welcome(TimeSpan? idleTimeout = null, int maxFrameBytes = 1 << 20) => new(maxFrameBytes, 5, idleTimeout ?? Sec(30), "raw");

    /// <summary>A connection from a host to the server; with a hello unless that is null.</summary>
    public static Tap DialRaw(this World world, HelloFrame? hello, string host = "raw", bool reads = true)
    {
        var wire = new Tap(world.Scheduler) { Reads = reads }.Dial(world.Network.Host(host), "server:4809");
        if (hello is not null) wire.Send(hello.Write());
        return wire;
    }

    public static byte[] NoOp() => Frames.Number(FrameKind.NoOp, 0);

    public static byte[] Named(FrameKind kind, string group) => Frames.Named(kind, group.Bytes().Span);

    public static byte[] Message(string group, int frameBytes, ulong number = 1, ulong sender = 77)
    {
        var name = group.Bytes().Span;
        var frame = new byte[frameBytes];
        MessageFrame.Write(frame, sender, number, name, new byte[frameBytes - MessageFrame.HeaderBytes - name.Length]);
        return frame;
    }

    /// <summary>Goes to that moment, counted from the start of the world.</summary>
    public static void AdvanceTo(this World world, long ticks) => world.Simulation.AdvanceTo(ticks);

    /// <summary>The client's states as they come: phase, cause and time.</summary>
    public static List<Seen> Watch(this World world, MsgcClient client)
    {
        var states = new List<Seen>();
        client.State.Subscribe(s => states.Add(new Seen(s.Phase, s.Cause, s.Endpoint?.ToString(), world.Scheduler.Clock)), _ => { });
        return states;
    }
}

/// <summary>A state of a client and when it was told.</summary>
internal sealed record Seen(MsgcConnectionPhase Phase, MsgcCause? Cause, string? Endpoint, long Time);
