namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>What a session has measured, and how the figures compare.</summary>
internal sealed class Results(IReadOnlyList<Row> rows)
{
    public IReadOnlyList<Row> Rows => rows;

    public Measurement? Of(string peer, string workload) => rows.FirstOrDefault(row => row.Peer.Name == peer && row.Workload.Name == workload)?.Measured;

    /// <summary>Of rates, above 1 when faster than the yardstick, or of median latencies, below 1 when faster.</summary>
    public double? Ratio(Row row, string yardstick) => Of(yardstick, row.Workload.ComparedTo ?? row.Workload.Name) is not { } other ? null
        : row.Workload.IsPaced ? row.Measured.P50 / other.P50
        : row.Measured.PerSecond / other.PerSecond;

    /// <summary>Where the yardsticks themselves are off, the run says nothing.</summary>
    public IEnumerable<string> Void()
    {
        foreach (var row in rows.Where(row => row.Peer.Name == "relay"))
        {
            if (row.Workload.RelayToNats is { } expected && Ratio(row, "nats") is { } found && Math.Abs((found / expected) - 1) > 0.3)
                yield return FormattableString.Invariant($"{row.Workload.Name}: relay ÷ nats is {found:0.00}, more than 30 % off {expected:0.00}");
        }
    }
}
