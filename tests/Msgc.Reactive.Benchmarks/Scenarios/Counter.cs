using System.Diagnostics;

namespace Msgc.Reactive.Benchmarks.Scenarios;

/// <summary>Counts, and tells how fast.</summary>
internal sealed class Counter
{
    private long _count;

    public long Count => Volatile.Read(ref _count);

    /// <summary>By one thread at a time.</summary>
    public void Add() => Volatile.Write(ref _count, _count + 1);

    /// <summary>Counts per second of all counters together, over so long.</summary>
    public static async Task<double> RateAsync(IReadOnlyCollection<Counter> counters, TimeSpan time)
    {
        var (before, began) = (counters.Sum(counter => counter.Count), Stopwatch.GetTimestamp());
        await Task.Delay(time);
        return (counters.Sum(counter => counter.Count) - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
