using System.Globalization;
using System.Runtime.InteropServices;

namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>The run as a Markdown table, and what is not flat in it.</summary>
internal static class CostsReport
{
    private static readonly string[] Columns = ["dimension", "operation", "size", "ns", "GC pauses ns", "harness ns", "bytes", "ns ÷ smallest", "bytes ÷ smallest"];

    public static void Write(CostsTable table, HarnessCosts harness, TextWriter output)
    {
        CostsRow[] rows = [.. table.Rows];
        output.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors");
        output.WriteLine($"ns: of processor time, without the harness. {harness}.");
        output.WriteLine();
        string[][] cells = [Columns, .. rows.Select(Cells)];
        var widths = Enumerable.Range(0, Columns.Length).Select(column => cells.Max(line => line[column].Length)).ToArray();
        for (var line = 0; line < cells.Length; line++)
        {
            output.WriteLine($"| {string.Join(" | ", cells[line].Select((cell, column) => column < 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))} |");
            if (line == 0) output.WriteLine($"|{string.Join("|", widths.Select((width, column) => new string('-', width + 1) + (column < 2 ? "-" : ":")))}|");
        }
        output.WriteLine();
        string[] steep = [.. rows.Where(row => !row.IsFlat && !row.Operation.IsYardstick).GroupBy(row => row.Operation).Select(Steep)];
        output.WriteLine(steep.Length == 0 ? "All operations are flat within 2x." : $"Not flat within 2x: {string.Join("; ", steep)}.");
    }

    private static string Steep(IGrouping<Operation, CostsRow> rows)
    {
        var worst = rows.MaxBy(row => row.Size)!;
        string[] ratios = [.. new[] { (worst.TimeRatio, "time"), (worst.BytesRatio, "bytes") }.Where(r => r.Item1 is not null).Select(r => $"{Text(r.Item1, "0.0")}x the {r.Item2}")];
        return $"{rows.Key.Dimension}: {rows.Key.Name} ({string.Join(", ", ratios)} at {worst.Size})";
    }

    private static string[] Cells(CostsRow row) =>
    [
        row.Operation.Dimension, row.Operation.Name, row.Size.ToString("N0", CultureInfo.InvariantCulture), Text(row.Cost.Nanoseconds > 0 ? row.Nanoseconds : null, "0"),
        Text(row.Cost.Nanoseconds > 0 ? row.Cost.Pauses : null, "0"), Text(row.Cost.Nanoseconds > 0 ? row.Cost.Harness : null, "0"), Text(row.Cost.Bytes, "0"), Text(row.TimeRatio, "0.00"), Text(row.BytesRatio, "0.00"),
    ];

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
