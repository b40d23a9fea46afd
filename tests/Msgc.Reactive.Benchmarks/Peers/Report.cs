using System.Globalization;
using System.Runtime.InteropServices;

namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>The run as a Markdown table, and as CSV.</summary>
internal static class Report
{
    private static readonly string[] Columns =
    [
        "workload", "peer", "thousand deliveries/s", "p50 µs", "p99 µs", "÷ nats", "÷ relay", "client B/delivery", "server B/delivery",
        "client CPU µs/delivery", "server CPU µs/delivery", "server peak MB",
    ];

    public static void Write(IReadOnlyList<Row> rows, TextWriter output)
    {
        output.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors");
        output.WriteLine();
        string[][] cells = [Columns, .. rows.Select(Cells)];
        var widths = Enumerable.Range(0, Columns.Length).Select(column => cells.Max(line => line[column].Length)).ToArray();
        for (var line = 0; line < cells.Length; line++)
        {
            output.WriteLine($"| {string.Join(" | ", cells[line].Select((cell, column) => column < 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))} |");
            if (line == 0) output.WriteLine($"|{string.Join("|", widths.Select((width, column) => new string('-', width + 1) + (column < 2 ? "-" : ":")))}|");
        }
        foreach (var verdict in Void(rows)) output.WriteLine($"\nVOID: {verdict}");
    }

    public static string Csv(IReadOnlyList<Row> rows) =>
        string.Concat(rows.Select(Cells).Prepend(Columns).Select(cells => string.Join(',', cells.Select(c => c.Contains(',') ? $"\"{c}\"" : c)) + "\n"));

    /// <summary>Where the yardsticks themselves are off, the run says nothing.</summary>
    private static IEnumerable<string> Void(IReadOnlyList<Row> rows)
    {
        foreach (var relay in rows.Where(r => r.Peer.Name == "relay"))
        {
            if (relay.Workload.RelayToNats is { } expected && relay.ToNats is { } found && Math.Abs((found / expected) - 1) > 0.3)
                yield return string.Create(CultureInfo.InvariantCulture, $"{relay.Workload.Name}: relay ÷ nats is {found:0.00}, more than 30 % off {expected:0.00}");
        }
    }

    private static string[] Cells(Row row)
    {
        var m = row.Measured;
        double deliveries = m.Deliveries;
        var isLatency = m.P50 is not null;
        return
        [
            row.Workload.Name, row.Peer.Name, isLatency ? "" : Text(m.PerSecond / 1000, "0"), Text(m.P50, "0"), Text(m.P99, "0"),
            Text(row.ToNats, "0.00"), Text(row.ToRelay, "0.00"), Text(m.ClientAllocated / deliveries, "0.0"), Text(m.ServerAllocated / deliveries, "0.00"),
            Text(m.ClientProcessor.TotalMicroseconds / deliveries, "0.000"), Text(m.ServerProcessor.TotalMicroseconds / deliveries, "0.000"),
            Text(m.ServerPeakBytes / 1048576.0, "0"),
        ];
    }

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
