namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>Who sends what to whom. Every publisher's messages go to every subscriber.</summary>
internal sealed record Workload(string Name, int PayloadBytes, int Publishers, int Subscribers)
{
    /// <summary>Messages go to these groups in turn; each subscriber is in all of them.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>So many messages a second and their latency, instead of as many as there can be.</summary>
    public int? PerSecond { get; init; }

    /// <summary>Half of the rate that the peer had at that workload.</summary>
    public string? HalfOf { get; init; }

    /// <summary>The workload whose figures of others this one's are compared to; itself when null.</summary>
    public string? ComparedTo { get; init; }

    /// <summary>How often the relay beats nats where the figures of others were taken: a run far off is void.</summary>
    public double? RelayToNats { get; init; }

    public static IReadOnlyList<Workload> All { get; } =
    [
        new("16 B 1→1", 16, 1, 1) { RelayToNats = 52_501 / 3_740.0 },
        new("128 B 1→1", 128, 1, 1) { RelayToNats = 14_216 / 2_510.0 },
        new("1 KiB 1→1", 1024, 1, 1) { RelayToNats = 1_782 / 790.0 },
        new("128 B 1→10", 128, 1, 10) { RelayToNats = 22_289 / 4_390.0 },
        new("128 B 4→4", 128, 4, 4) { RelayToNats = 21_925 / 4_328.0 },
        new("128 B 1→10, 100 groups", 128, 1, 10) { Groups = 100, ComparedTo = "128 B 1→10" },
        new("latency at 1,000/s", 128, 1, 1) { PerSecond = 1000 },
        new("latency at half of the most", 128, 1, 1) { HalfOf = "128 B 1→1" },
    ];

    /// <summary>One publisher, one subscriber, a small message: what a mesh is measured with.</summary>
    public bool IsPlain => this is { PayloadBytes: 128, Publishers: 1, Subscribers: 1 };

    /// <summary>It is about latency.</summary>
    public bool IsPaced => PerSecond is not null || HalfOf is not null;

    public string[] GroupNames => [.. Enumerable.Range(0, Groups).Select(i => $"bench.{i}")];

    /// <summary>With the rate that it has for that peer; null when what that depends on was not measured.</summary>
    public Workload? For(IPeer peer, Results before) => HalfOf is null ? this
        : before.Of(peer.Name, HalfOf) is { } most ? this with { PerSecond = (int)(most.PerSecond / 2) }
        : null;
}
