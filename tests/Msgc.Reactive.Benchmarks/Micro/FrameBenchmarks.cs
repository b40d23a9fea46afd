using BenchmarkDotNet.Attributes;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Benchmarks.Micro;

/// <summary>A message of 128 bytes as bytes, and back.</summary>
public class FrameBenchmarks
{
    private const int Messages = 100;

    private readonly byte[] _block = new byte[64 * 1024];
    private readonly byte[] _payload = new byte[128];
    private readonly byte[] _group = "bench.group"u8.ToArray();
    private int _length;

    [GlobalSetup]
    public void Setup() => _length = Write();

    [Benchmark(OperationsPerInvoke = Messages)]
    public int Write()
    {
        var at = 0;
        for (ulong number = 1; number <= Messages; number++) at += MessageFrame.Write(_block.AsSpan(at), 7, number, _group, _payload);
        return at;
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public ulong Read()
    {
        var sum = 0UL;
        for (ReadOnlySpan<byte> rest = _block.AsSpan(0, _length); Frame.TryRead(rest, 1 << 20, out var frame, out _) == FrameStatus.Complete; rest = rest[frame.Bytes.Length..])
        {
            if (MessageFrame.Check(frame.Bytes) is not null) throw new InvalidOperationException("A frame is wrong.");
            sum += MessageFrame.Number(frame.Bytes) + MessageFrame.Name(frame.Bytes)[0];
        }
        return sum;
    }
}
