using System.Buffers.Binary;
using System.Reactive.Linq;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>Harness: a server's connection in memory, whose far end the benchmark plays. What the server sends is counted by kind, not kept.</summary>
internal sealed class Wire(Pump pump, WireTraffic traffic) : IMsgcConnection
{
    private readonly int[] _controls = new int[256];
    private int _messages; // apart, so that a delivery touches as little of ours as can be
    private IMsgcConnectionHandler? _handler;
    private bool _paused;
    private bool _ended;

    public string RemoteAddress => "memory";

    /// <summary>Hears each frame, for those that a far end has to answer.</summary>
    public Action<FrameKind, ReadOnlySpan<byte>>? Came { get; set; }

    public bool HasEnded => _ended;

    /// <summary>Hands bytes to the server, which handles them now but for what it posts.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_paused || _ended) throw new InvalidOperationException("The server does not read: the benchmark has fed it too much at once.");
            var buffer = _handler!.GetBuffer().Span;
            var length = Math.Min(buffer.Length, bytes.Length);
            bytes[..length].CopyTo(buffer);
            bytes = bytes[length..];
            traffic.Blocks++;
            traffic.BytesIn += length;
            _handler.OnReceived(length);
        }
    }

    /// <summary>Feeds, and runs what that posts.</summary>
    public void Play(ReadOnlySpan<byte> bytes)
    {
        Feed(bytes);
        pump.Run();
    }

    /// <summary>The frames of that kind since they were last asked for.</summary>
    public int Take(FrameKind kind)
    {
        ref var frames = ref kind == FrameKind.Message ? ref _messages : ref _controls[(int)kind];
        var count = frames;
        frames = 0;
        return count;
    }

    /// <summary>The far end goes away.</summary>
    public void Close() => Abort(MsgcCause.Closed);

    public void Start(IMsgcConnectionHandler handler) => _handler = handler;

    public void Pause() => _paused = true;

    public void Resume() => _paused = false;

    public void Send(IList<ArraySegment<byte>> batch)
    {
        if (_ended) return;
        traffic.Sends++;
        for (var i = 0; i < batch.Count; i++)
        {
            for (ReadOnlySpan<byte> rest = batch[i]; !rest.IsEmpty;)
            {
                var frame = rest[..BinaryPrimitives.ReadInt32LittleEndian(rest)];
                rest = rest[frame.Length..];
                traffic.FramesOut++;
                if (frame[4] == (byte)FrameKind.Message) _messages++;
                else _controls[frame[4]]++;
                Came?.Invoke((FrameKind)frame[4], frame);
            }
        }
        _handler!.OnSent();
    }

    public void Abort(MsgcCause cause)
    {
        if (_ended) return;
        _ended = true;
        pump.Schedule(this, (_, wire) =>
        {
            wire._handler?.OnEnded(cause, null);
            return System.Reactive.Disposables.Disposable.Empty;
        });
    }
}

/// <summary>Harness: what all wires of a server have carried.</summary>
internal sealed class WireTraffic
{
    public long Blocks { get; set; }

    public long BytesIn { get; set; }

    public long Sends { get; set; }

    public long FramesOut { get; set; }
}

/// <summary>Harness: a transport whose listener accepts what the benchmark connects, and whose dials never get through.</summary>
internal sealed class Wires(Pump pump) : IMsgcTransport, IMsgcListener
{
    private Action<IMsgcConnection>? _accepted;

    public WireTraffic Traffic { get; } = new();

    public MsgcEndpoint Endpoint { get; } = MsgcEndpoint.Parse("memory:1");

    public MsgcSocketOptions Options { get; set; } = new();

    public Wire Connect()
    {
        var wire = new Wire(pump, Traffic);
        _accepted!(wire);
        return wire;
    }

    public IObservable<IMsgcConnection> Dial(MsgcEndpoint endpoint, MsgcSocketOptions options) => Observable.Never<IMsgcConnection>();

    public IMsgcListener Listen(MsgcEndpoint endpoint, MsgcSocketOptions options) => this;

    public void Start(Action<IMsgcConnection> accepted) => _accepted = accepted;

    public void Dispose()
    {
        // Connections live on.
    }
}
