namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>A figure that a session is to reach.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Bound">The least it should be, or the most.</param>
/// <param name="IsCeiling">It should be no more than the bound.</param>
/// <param name="Find">The figure; null where it was not measured.</param>
internal sealed record Target(string Name, double Bound, bool IsCeiling, Func<Results, double?> Find)
{
    private const string Plain = "128 B 1→1", Calm = "latency at 1,000/s", Ours = "msgc", Fast = "msgc fast sockets", Theirs = "nats", Limit = "relay";

    public static IReadOnlyList<Target> All { get; } =
    [
        .. Faster("16 B 1→1", 3.0, 0.25),
        .. Faster(Plain, 3.5, 0.6),
        .. Faster("1 KiB 1→1", 2.3, 0.9),
        .. Faster("128 B 1→10", 3.8, 0.8),
        .. Faster("128 B 4→4", 3.3, 0.7),
        new("msgc ÷ one group of nats, 128 B 1→10, 100 groups", 2.5, false, Ratio(Ours, "128 B 1→10, 100 groups", Theirs, "128 B 1→10", Rate)),
        new($"msgc mesh ÷ nats mesh, {Plain}", 3.0, false, Ratio("msgc mesh", Plain, "nats mesh", Plain, Rate)),
        new($"{Fast} ÷ nats, p50, {Calm}", 1.0, true, Ratio(Fast, Calm, Theirs, Calm, m => m.P50)),
        new($"{Fast} ÷ nats, p99, {Calm}", 1.0, true, Ratio(Fast, Calm, Theirs, Calm, m => m.P99)),
        new($"msgc ÷ nats, p50, {Calm}", 1.5, true, Ratio(Ours, Calm, Theirs, Calm, m => m.P50)),
        new($"msgc ÷ nats, p99, {Calm}", 1.5, true, Ratio(Ours, Calm, Theirs, Calm, m => m.P99)),
        new($"Where and Select ÷ without, {Plain}", 0.8, false, Ratio("msgc+linq", Plain, Ours, Plain, Rate)),
        new("server, B allocated per delivery, at most", 1, true, Worst((_, m) => m.ServerAllocated / (double)m.Deliveries)),
        new("server, MB resident, at most", 64, true, results => results.Rows.Where(row => row.Peer is MsgcPeer).Max(row => (double?)row.Measured.ServerPeakBytes / 1048576)),
        new("client, B allocated per delivery beyond the payload, at most", 32, true, Worst((w, m) => (m.ClientAllocated / (double)m.Deliveries) - w.PayloadBytes)),
    ];

    public bool IsMetBy(double figure) => IsCeiling ? figure <= Bound : figure >= Bound;

    private static double? Rate(Measurement measured) => measured.PerSecond;

    private static Target[] Faster(string workload, double nats, double relay) =>
    [
        new($"msgc ÷ nats, {workload}", nats, false, Ratio(Ours, workload, Theirs, workload, Rate)),
        new($"msgc ÷ relay, {workload}", relay, false, Ratio(Ours, workload, Limit, workload, Rate)),
    ];

    private static Func<Results, double?> Ratio(string peer, string workload, string yardstick, string yardsticksWorkload, Func<Measurement, double?> figure) =>
        results => results.Of(peer, workload) is { } ours && results.Of(yardstick, yardsticksWorkload) is { } theirs ? figure(ours) / figure(theirs) : null;

    /// <summary>The highest of our figures at full load.</summary>
    private static Func<Results, double?> Worst(Func<Workload, Measurement, double?> figure) =>
        results => results.Rows.Where(row => row.Peer.Name == Ours && !row.Workload.IsPaced).Max(row => figure(row.Workload, row.Measured));
}
