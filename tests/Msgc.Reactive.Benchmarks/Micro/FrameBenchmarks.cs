using BenchmarkDotNet.Attributes;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Benchmarks.Micro;

/// <summary>Messages of 128 bytes written and read, each in a frame of its own, or seven to a frame, which is as many as fit.</summary>
public class FrameBenchmarks
{
    private const int Messages = 105;
    private const int MaxFrameBytes = 1 << 20;

    private readonly byte[] _block = new byte[64 * 1024];
    private readonly byte[] _payload = new byte[128];
    private readonly byte[] _group = "bench.group"u8.ToArray();
    private int _length;

    [Params(1, 7)]
    public int PerFrame { get; set; }

    [GlobalSetup]
    public void Setup() => _length = Write();

    [Benchmark(OperationsPerInvoke = Messages)]
    public int Write()
    {
        var at = 0;
        for (var number = 1; number <= Messages; number += PerFrame)
        {
            var length = MessageFrame.Write(_block.AsSpan(at), 7, (ulong)number, _group, _payload);
            for (var further = 1; further < PerFrame; further++) length += MessageFrame.Pack(_block.AsSpan(at), length, _payload);
            at += length;
        }
        return at;
    }

    /// <summary>As a client does: each frame is checked, and its payloads are found.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public ulong Read()
    {
        var (sum, found) = (0UL, 0);
        ReadOnlySpan<byte> received = _block.AsSpan(0, _length);
        while (MessageFrame.LengthOfWhole(received, MaxFrameBytes, out var messages) is > 0 and var length)
        {
            var payload = MessageFrame.FirstPayload(received[..length], out var rest);
            sum += MessageFrame.Number(received) + payload[0];
            for (var i = 1; i < messages; i++) sum += MessageFrame.NextPayload(ref rest)[0];
            found += messages;
            received = received[length..];
        }
        if (found != Messages) throw new InvalidOperationException($"{found} of {Messages} messages were found.");
        return sum;
    }
}
