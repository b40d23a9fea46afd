using System.Reactive.Concurrency;
using HdrHistogram;
using Msgc.Reactive;

namespace Msgc.Tool.Bench;

/// <summary>Checks each message that comes: a publisher's numbers have to come one after the other. Called one message at a time.</summary>
internal sealed class BenchSubscriber(IStopwatch clock, int publishers) : IObserver<MsgcMessage>
{
    private readonly long[] _last = new long[publishers];
    private long _delivered;
    private long _disordered;
    private long _ticks;

    /// <summary>Latencies in ticks, of those messages that have a time.</summary>
    public LongHistogram Latencies { get; } = new(1, TimeSpan.TicksPerHour, 3);

    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>Messages that came behind a later one of their publisher, or again.</summary>
    public long Disordered => Volatile.Read(ref _disordered);

    /// <summary>When the last one came, ticks of the clock.</summary>
    public long LastTicks => Volatile.Read(ref _ticks);

    /// <summary>True once that publisher's message of that number, or a later one, has come.</summary>
    public bool HasSeen(int publisher, long number) => Volatile.Read(ref _last[publisher]) >= number;

    public void OnNext(MsgcMessage value)
    {
        if (value.Payload.Length < BenchStamp.Bytes) return; // somebody else's
        var stamp = BenchStamp.Read(value.Payload.Span);
        if (stamp.Publisher >= _last.Length) return;
        if (stamp.Number <= _last[stamp.Publisher])
        {
            Volatile.Write(ref _disordered, _disordered + 1);
            return;
        }
        Volatile.Write(ref _last[stamp.Publisher], stamp.Number);
        Volatile.Write(ref _delivered, _delivered + 1);
        if (stamp.Ticks == 0) return;
        var now = clock.Elapsed.Ticks;
        Volatile.Write(ref _ticks, now);
        Latencies.RecordValue(Math.Clamp(now - stamp.Ticks, 1, TimeSpan.TicksPerHour));
    }

    public void OnError(Exception error)
    {
        // Its client was refused for good; what is missing is counted as lost.
    }

    public void OnCompleted()
    {
    }
}
