namespace Msgc.Tool.Bench;

/// <summary>What a run has measured.</summary>
internal sealed record BenchResult(Workload Load, Latencies Latencies, Latencies Overslept)
{
    public required long Published { get; init; }

    /// <summary>Each message once for each member.</summary>
    public required long Delivered { get; init; }

    /// <summary>How often a member missed one or more messages in a row.</summary>
    public required long Gaps { get; init; }

    public required long Duplicated { get; init; }

    public required long OutOfOrder { get; init; }

    /// <summary>From the beginning until the servers had handled everything published.</summary>
    public required TimeSpan Publishing { get; init; }

    /// <summary>From the beginning to the last delivery.</summary>
    public required TimeSpan Delivering { get; init; }

    public long Expected => Published * Load.Subscribers;

    public long Lost => Expected - Delivered;

    public bool IsRight => Lost == 0 && Duplicated == 0 && OutOfOrder == 0;

    public double PublishedPerSecond => PerSecond(Published, Publishing);

    public double DeliveredPerSecond => PerSecond(Delivered, Delivering);

    /// <summary>Payloads delivered, in millions of bytes.</summary>
    public double MegabytesPerSecond => DeliveredPerSecond * Load.Size / 1e6;

    private static double PerSecond(long count, TimeSpan time) => time > TimeSpan.Zero ? count / time.TotalSeconds : 0;
}
