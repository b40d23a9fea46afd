using System.Globalization;

namespace Msgc.Tool.Top;

/// <summary>The figures as lines of text, in a given width and height.</summary>
internal static class TopScreen
{
    /// <summary>Causes that are nobody's fault.</summary>
    private static readonly string[] Orderly = ["Closed", "Draining"];

    /// <summary>All of it, or as much as the lines allow: each table gets a fair part, and says how many rows it has no room for.</summary>
    public static IReadOnlyList<TopLine> Lines(ClusterFigures figures, double time, int width, int height)
    {
        var (omittedConnections, omittedGroups) = figures.Omitted(time);
        Section[] sections =
        [
            new("SERVER|UP|CLIENTS|LINKS|IN/S|OUT/S|MB/S|QUEUED|STALLS|GAPS|LOST CONNECTIONS", [.. figures.Servers(time).Select(Row)], 0),
            new("CONNECTION|KIND|SERVER|ADDRESS|IN/S|OUT/S|QUEUED|AGE|STALLS", [.. figures.Connections(time).Select(Row)], omittedConnections),
            new("GROUP|MEMBERS|MESSAGES/S", [.. figures.Groups(time).Select(Row)], omittedGroups),
        ];
        Share(sections, height);
        return [.. sections.SelectMany((section, i) => section.Lines(width, isFirst: i == 0))];
    }

    private static (string[] Cells, TopTone Tone) Row(ServerRow row)
    {
        var report = row.Report;
        var lost = string.Join(", ", report.Ends.Where(end => !Orderly.Contains(end.Key)).Select(end => $"{end.Key} {end.Value}"));
        if (row.IsLost) return ([report.Server, "silent"], TopTone.Bad);
        string[] cells =
        [
            report.Server, Time(report.Seconds), Count(row.Clients), Count(row.Links), Count(row.Rates.MessagesIn), Count(row.Rates.MessagesOut),
            Number(row.Rates.Bytes / 1e6, "0.0"), Count(row.Queued), Count(report.Totals.Stalls), Count(report.Gaps), lost,
        ];
        return (cells, TopTone.Plain);
    }

    private static (string[] Cells, TopTone Tone) Row(ConnectionRow row)
    {
        var connection = row.Connection;
        string[] cells =
        [
            connection.Name, connection.Kind, row.Server, connection.Address, Count(row.Rates.MessagesIn), Count(row.Rates.MessagesOut), Count(connection.Queued),
            connection.Queued > 0 ? Number(connection.QueuedSeconds, "0.0") + "s" : "", Count(connection.Traffic.Stalls),
        ];
        return (cells, connection.IsStalled || connection.QueuedSeconds > 1 ? TopTone.Bad : TopTone.Plain);
    }

    private static (string[] Cells, TopTone Tone) Row(GroupRow row) => ([row.Name, Count(row.Members), Count(row.Messages)], TopTone.Plain);

    /// <summary>Headings and blank lines first; then rows go around until there is no more room.</summary>
    private static void Share(Section[] sections, int height)
    {
        var left = height - (2 * sections.Length) + 1 - sections.Count(section => section.Omitted > 0);
        for (var given = true; left > 0 && given;)
        {
            given = false;
            foreach (var section in sections)
            {
                if (left == 0 || section.Shown == section.Rows.Count) continue;
                section.Shown++;
                left--;
                given = true;
            }
        }
    }

    private static string Count(double value) => Number(value, "#,0");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Time(double seconds) => TimeSpan.FromSeconds(Math.Floor(seconds)) switch
    {
        { TotalDays: >= 1 } time => $"{(int)time.TotalDays}d{time.Hours:00}h",
        { TotalHours: >= 1 } time => $"{(int)time.TotalHours}h{time.Minutes:00}m",
        { TotalMinutes: >= 1 } time => $"{time.Minutes}m{time.Seconds:00}s",
        var time => $"{time.Seconds}s",
    };

    /// <summary>One of the tables.</summary>
    private sealed class Section(string heading, IReadOnlyList<(string[] Cells, TopTone Tone)> rows, int omitted)
    {
        private readonly string[] _heading = heading.Split('|');

        public IReadOnlyList<(string[] Cells, TopTone Tone)> Rows => rows;

        /// <summary>Rows that there are beside these.</summary>
        public int Omitted => omitted;

        public int Shown { get; set; }

        public IEnumerable<TopLine> Lines(int width, bool isFirst)
        {
            var hidden = rows.Count - Shown + omitted;
            // The last row makes room for the line that says so.
            var shown = omitted == 0 && Shown > 0 && Shown < rows.Count ? Shown - 1 : Shown;
            hidden = rows.Count - shown + omitted;
            var widths = Enumerable.Range(0, _heading.Length)
                .Select(i => rows.Take(shown).Select(row => row.Cells.Length > i ? row.Cells[i].Length : 0).Append(_heading[i].Length).Max())
                .ToArray();
            if (!isFirst) yield return new TopLine("", TopTone.Plain);
            yield return new TopLine(Fit(_heading, widths, width), TopTone.Heading);
            foreach (var (cells, tone) in rows.Take(shown)) yield return new TopLine(Fit(cells, widths, width), tone);
            if (hidden > 0) yield return new TopLine($"... {hidden} more", TopTone.Plain);
        }

        private static string Fit(string[] cells, int[] widths, int width)
        {
            var line = string.Join("  ", cells.Select((cell, i) => IsNumber(cell) ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd();
            line = string.Concat(line.Select(c => char.IsControl(c) ? ' ' : c));
            return line.Length <= width ? line : line[..Math.Max(0, width - 1)] + "…";
        }

        private static bool IsNumber(string cell) => cell.Length > 0 && char.IsAsciiDigit(cell[0]) && cell.All(c => char.IsAsciiDigit(c) || c is ',' or '.' or 's' or 'm' or 'h' or 'd');
    }
}

/// <summary>A line, and how it is to look.</summary>
internal readonly record struct TopLine(string Text, TopTone Tone);

/// <summary>How a line is to look.</summary>
internal enum TopTone
{
    Plain,
    Heading,
    Bad,
}
