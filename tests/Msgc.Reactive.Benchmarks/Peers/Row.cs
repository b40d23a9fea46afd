namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>One peer at one workload, and how it compares to the yardsticks.</summary>
internal sealed record Row(Workload Workload, IPeer Peer, Measurement Measured)
{
    public double? ToNats { get; init; }

    public double? ToRelay { get; init; }

    /// <summary>Adds the ratios: of rates, above 1 when faster, or of median latencies, below 1 when faster.</summary>
    public static IReadOnlyList<Row> Compare(IReadOnlyList<Row> rows)
    {
        double? Ratio(Row row, string yardstick)
        {
            var other = rows.FirstOrDefault(r => r.Peer.Name == yardstick && r.Workload.Name == (row.Workload.ComparedTo ?? row.Workload.Name))?.Measured;
            return other is null ? null : row.Measured.P50 is { } p50 ? p50 / other.P50 : row.Measured.PerSecond / other.PerSecond;
        }
        return [.. rows.Select(row => row with { ToNats = Ratio(row, row.Peer.Yardstick), ToRelay = Ratio(row, "relay") })];
    }
}
