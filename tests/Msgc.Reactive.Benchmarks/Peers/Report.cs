using System.Globalization;
using System.Runtime.InteropServices;

namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>The run as a Markdown table, and as CSV.</summary>
internal static class Report
{
    private static readonly string[] Columns =
    [
        "workload", "peer", "thousand deliveries/s", "p50 µs", "p99 µs", "÷ nats", "÷ relay", "client B/delivery", "server B/delivery",
        "client CPU µs/delivery", "server CPU µs/delivery", "server peak MB", "stolen %", "anew",
    ];

    private static readonly string[] TargetColumns = ["target", "wanted", "found", ""];

    public static void Write(Results results, TextWriter output)
    {
        output.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors");
        output.WriteLine();
        WriteTable([Columns, .. results.Rows.Select(row => Cells(row, results))], names: 2, output);
        output.WriteLine();
        WriteTable([TargetColumns, .. Target.All.Select(target => Cells(target, results)).OfType<string[]>()], names: 1, output);
        foreach (var verdict in results.Void()) output.WriteLine($"\nVOID: {verdict}");
    }

    public static string Csv(Results results) =>
        string.Concat(results.Rows.Select(row => Cells(row, results)).Prepend(Columns).Select(cells => string.Join(',', cells.Select(c => c.Contains(',') ? $"\"{c}\"" : c)) + "\n"));

    private static void WriteTable(string[][] cells, int names, TextWriter output)
    {
        var widths = Enumerable.Range(0, cells[0].Length).Select(column => cells.Max(line => line[column].Length)).ToArray();
        for (var line = 0; line < cells.Length; line++)
        {
            output.WriteLine($"| {string.Join(" | ", cells[line].Select((cell, column) => column < names ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))} |");
            if (line == 0) output.WriteLine($"|{string.Join("|", widths.Select((width, column) => new string('-', width + 1) + (column < names ? "-" : ":")))}|");
        }
    }

    private static string[] Cells(Row row, Results results)
    {
        var m = row.Measured;
        double deliveries = m.Deliveries;
        return
        [
            row.Workload.Name, row.Peer.Name, Text(m.PerSecond / 1000, "0"), Text(m.P50, "0"), Text(m.P99, "0"),
            Text(results.Ratio(row, row.Peer.Yardstick), "0.00"), Text(results.Ratio(row, "relay"), "0.00"),
            Text(m.ClientAllocated / deliveries, "0.0"), Text(m.ServerAllocated / deliveries, "0.00"),
            Text(m.ClientProcessor.TotalMicroseconds / deliveries, "0.000"), Text(m.ServerProcessor.TotalMicroseconds / deliveries, "0.000"),
            Text(m.ServerPeakBytes / 1048576.0, "0"), Text(100 * m.Stolen, "0.0"), Text(m.Again, "0"),
        ];
    }

    /// <summary>Null where it was not measured.</summary>
    private static string[]? Cells(Target target, Results results) => target.Find(results) is not { } found ? null
        : [target.Name, (target.IsCeiling ? "≤ " : "≥ ") + Text(target.Bound, "0.##"), Text(found, "0.00"), target.IsMetBy(found) ? "met" : "MISSED"];

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
