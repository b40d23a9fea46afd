using Msgc.Reactive.Framing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>What the harness has done: <see cref="Pump"/> and <see cref="Wire"/>, in steps of which each takes about the same.</summary>
internal readonly record struct HarnessUse(long Posts, long Blocks, long BytesIn, long Sends, long FramesOut)
{
    public HarnessUse(Pump pump, WireTraffic traffic)
        : this(pump.Posts, traffic.Blocks, traffic.BytesIn, traffic.Sends, traffic.FramesOut)
    {
    }

    public static HarnessUse operator -(HarnessUse a, HarnessUse b) =>
        new(a.Posts - b.Posts, a.Blocks - b.Blocks, a.BytesIn - b.BytesIn, a.Sends - b.Sends, a.FramesOut - b.FramesOut);
}

/// <summary>What the harness takes by itself, measured with nothing behind it; so its share of every number can be told.</summary>
internal sealed class HarnessCosts
{
    private const int Often = 200_000;
    private const int FramesPerSend = 64;
    private const int LargeBlock = 16 * 1024;

    private readonly double _post;
    private readonly double _block;
    private readonly double _byte;
    private readonly double _send;
    private readonly double _frame;

    public HarnessCosts()
    {
        var pump = new Pump();
        var wires = new Wires(pump);
        wires.Start(_ => { });
        var wire = wires.Connect();
        wire.Start(new Nobody());
        var (small, large) = (new byte[16], new byte[LargeBlock]);
        List<ArraySegment<byte>> one = [Frames.Number(FrameKind.NoOp, 1)], many = [.. Enumerable.Repeat(one[0], FramesPerSend)];
        for (var warm = 0; warm < 3; warm++)
        {
            _post = Nanoseconds(Often, () =>
            {
                pump.Post(Nothing.Instance);
                pump.Run();
            });
            _block = Nanoseconds(Often, () => wire.Feed(small));
            _byte = (Nanoseconds(Often / 10, () => wire.Feed(large)) - _block) / LargeBlock;
            _send = Nanoseconds(Often, () => wire.Send(one));
            _frame = (Nanoseconds(Often / 10, () => wire.Send(many)) - _send) / (FramesPerSend - 1);
        }
    }

    public double Of(HarnessUse use) =>
        (use.Posts * _post) + (use.Blocks * _block) + (use.BytesIn * _byte) + (use.Sends * (_send - _frame)) + (use.FramesOut * _frame);

    public override string ToString() => FormattableString.Invariant(
        $"harness: {_post:0.0} ns a post, {_block:0.0} a block in and {_byte * 1024:0} a KiB of it, {_send - _frame:0.0} a send and {_frame:0.0} a frame of it");

    private static double Nanoseconds(int times, Action work)
    {
        var began = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < times; i++) work();
        return (Environment.CpuUsage.TotalTime - began).TotalNanoseconds / times;
    }

    private sealed class Nothing : IThreadPoolWorkItem
    {
        public static readonly Nothing Instance = new();

        public void Execute()
        {
            // The post is what is measured.
        }
    }

    private sealed class Nobody : IMsgcConnectionHandler
    {
        private readonly byte[] _buffer = new byte[LargeBlock];

        public Memory<byte> GetBuffer() => _buffer;

        public void OnReceived(int bytes)
        {
            // The way here is what is measured.
        }

        public void OnSent()
        {
            // As above.
        }

        public void OnEnded(MsgcCause cause, Exception? error)
        {
            // Never.
        }
    }
}
