using System.Buffers.Binary;
using System.Diagnostics;
using HdrHistogram;

namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>
/// A subscriber's end of the measurement: checks each message's length, and its number against its publisher's last one. Payloads begin with
/// <code>0  u8  publisher     0  u64 >> 8  number, from 0     8  i64  Stopwatch's ticks when it was published</code>
/// </summary>
internal sealed class Receiver(int payloadBytes, int publishers)
{
    private readonly long[] _next = new long[publishers];
    private TaskCompletionSource _reached = new();
    private long _received;
    private long _target = long.MaxValue;

    /// <summary>Where latencies go when they are wanted, in ns.</summary>
    public LongHistogram? Latencies { get; set; }

    /// <summary>The first thing that was wrong.</summary>
    public string? Wrong { get; private set; }

    public static void Write(Span<byte> payload, int publisher, long number, long now)
    {
        BinaryPrimitives.WriteInt64LittleEndian(payload, (number << 8) | (uint)publisher);
        BinaryPrimitives.WriteInt64LittleEndian(payload[8..], now);
    }

    public void OnMessage(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != payloadBytes)
        {
            Wrong ??= $"a message of {payload.Length} bytes instead of {payloadBytes}";
            return;
        }
        var stamp = BinaryPrimitives.ReadInt64LittleEndian(payload);
        ref var next = ref _next[(byte)stamp];
        if (stamp >> 8 != next) Wrong ??= $"number {stamp >> 8} of publisher {(byte)stamp} instead of {next}";
        Volatile.Write(ref next, (stamp >> 8) + 1);
        Latencies?.RecordValue((long)Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64LittleEndian(payload[8..])).TotalNanoseconds);
        if (++_received == Volatile.Read(ref _target)) _reached.SetResult();
    }

    /// <summary>How many of a publisher's messages have come.</summary>
    public long Seen(int publisher) => Volatile.Read(ref _next[publisher]);

    /// <summary>Completes with so many further messages; called while none is under way.</summary>
    public Task Expect(long further)
    {
        _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _target, _received + further);
        return _reached.Task;
    }
}
