namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>What one round of one peer at one workload gave.</summary>
internal sealed record Measurement
{
    /// <summary>Messages times their receivers.</summary>
    public required long Deliveries { get; init; }

    public required TimeSpan Elapsed { get; init; }

    public required long ClientAllocated { get; init; }

    /// <summary>Null where the server does not say.</summary>
    public required long? ServerAllocated { get; init; }

    public required TimeSpan ClientProcessor { get; init; }

    public required TimeSpan ServerProcessor { get; init; }

    /// <summary>The most it ever had.</summary>
    public required long ServerPeakBytes { get; init; }

    /// <summary>One way, µs; for workloads at a rate.</summary>
    public double? P50 { get; init; }

    /// <inheritdoc cref="P50"/>
    public double? P99 { get; init; }

    /// <summary>The part of all processors' time that the machine's host gave to others; see <see cref="HostTime"/>.</summary>
    public required double Stolen { get; init; }

    /// <summary>How often it was measured anew since too much was stolen.</summary>
    public int Again { get; init; }

    public double PerSecond => Deliveries / Elapsed.TotalSeconds;

    /// <summary>
    /// The round in the middle: by its median latency where there is one, else by its rate. But the 99th percentile is the one in the middle of all
    /// rounds', the server's memory and what the host took are the most of all, and what was measured anew is all of it.
    /// </summary>
    public static Measurement Median(IReadOnlyList<Measurement> rounds) => InTheMiddle(rounds, m => m.P50 ?? m.PerSecond) with
    {
        P99 = InTheMiddle(rounds, m => m.P99).P99, ServerPeakBytes = rounds.Max(m => m.ServerPeakBytes), Stolen = rounds.Max(m => m.Stolen), Again = rounds.Sum(m => m.Again),
    };

    private static Measurement InTheMiddle(IReadOnlyList<Measurement> rounds, Func<Measurement, double?> figure) =>
        rounds.OrderBy(figure).ElementAt(rounds.Count / 2);
}
