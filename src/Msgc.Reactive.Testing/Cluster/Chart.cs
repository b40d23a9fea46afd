using System.Globalization;
using System.Text;

namespace Msgc.Reactive.Testing.Cluster;

/// <summary>Draws a timeline.</summary>
internal sealed class Chart(IReadOnlyList<string> lanes, TimelineEvent[] events, long dropped, int width)
{
    private const string Marks = "o^vljSC?ZKxF!"; // by TimelineMark
    private const int MostWords = 40;

    private readonly int _left = lanes.Select(lane => lane.Length).DefaultIfEmpty(0).Max() + 1;
    private readonly long _first = events.Length > 0 ? events.Min(e => e.Ticks) : 0;
    private readonly long _last = events.Length > 0 ? events.Max(e => e.Ticks) : 0;

    private int Columns => Math.Max(10, width - _left);

    public string Draw()
    {
        if (events.Length == 0) return "Nothing has happened.";
        var text = new StringBuilder();
        Axis(text);
        foreach (var lane in lanes) Lane(text, lane);
        Legend(text);
        Words(text);
        return text.ToString();
    }

    private int ColumnOf(long ticks) => _last == _first ? 0 : (int)((ticks - _first) * (Columns - 1) / (_last - _first));

    /// <summary>Seconds at round distances, each beginning at its column.</summary>
    private void Axis(StringBuilder text)
    {
        var axis = new char[Columns + 12];
        Array.Fill(axis, ' ');
        var step = StepOf((_last - _first) * 8 / Columns);
        var free = 0;
        for (var at = (_first + step - 1) / step * step; at <= _last; at += step)
        {
            var label = (at / (double)TimeSpan.TicksPerSecond).ToString("0.####", CultureInfo.InvariantCulture);
            var column = ColumnOf(at);
            if (column < free || column + label.Length > axis.Length) continue;
            label.CopyTo(0, axis, column, label.Length);
            free = column + label.Length + 1;
        }
        text.Append("s".PadRight(_left)).AppendLine(new string(axis).TrimEnd());
    }

    /// <summary>One, two or five times a power of ten, at least that long.</summary>
    private static long StepOf(long ticks)
    {
        for (var step = 1000L; ; step *= 10)
        {
            if (step >= ticks) return step;
            if (2 * step >= ticks) return 2 * step;
            if (5 * step >= ticks) return 5 * step;
        }
    }

    private void Lane(StringBuilder text, string lane)
    {
        var marks = new int[Columns];
        Array.Fill(marks, -1);
        foreach (var e in events)
        {
            if (e.Lane == lane) marks[ColumnOf(e.Ticks)] = Math.Max(marks[ColumnOf(e.Ticks)], (int)e.Mark);
        }
        text.Append(lane.PadRight(_left));
        foreach (var mark in marks) text.Append(mark < 0 ? '-' : Marks[mark]);
        text.AppendLine();
    }

    private void Legend(StringBuilder text)
    {
        var used = events.Select(e => e.Mark).Distinct().OrderDescending().Select(mark => $"{Marks[(int)mark]} {mark.ToString().ToLowerInvariant()}");
        text.AppendLine(string.Join("  ", used));
        if (dropped > 0) text.AppendLine(CultureInfo.InvariantCulture, $"({dropped} earlier events are not kept)");
    }

    /// <summary>The events in words; of many only the disturbances, and of many of these not those in the middle.</summary>
    private void Words(StringBuilder text)
    {
        var told = events.Where(e => e.Mark > TimelineMark.Publish).ToList();
        if (told.Count > MostWords) told.RemoveAll(e => e.Mark < TimelineMark.Connect);
        for (var i = 0; i < told.Count; i++)
        {
            if (told.Count > MostWords && i == MostWords / 4)
            {
                var hidden = told.Count - MostWords;
                text.AppendLine(CultureInfo.InvariantCulture, $"... {hidden} more ...");
                i += hidden;
            }
            text.AppendLine(told[i].ToString());
        }
    }
}
