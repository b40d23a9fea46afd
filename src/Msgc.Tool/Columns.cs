using System.Buffers;
using System.Text;

namespace Msgc.Tool;

/// <summary>Rows of text, two spaces between columns that are as wide as the widest cell so far.</summary>
internal sealed class Columns
{
    private readonly List<int> _widths = [];

    /// <summary>Makes room for rows that are about to come.</summary>
    public void Fit(IEnumerable<string[]> rows)
    {
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                if (i == _widths.Count) _widths.Add(0);
                _widths[i] = Math.Max(_widths[i], row[i].Length);
            }
        }
    }

    /// <summary>Writes a row that has been fitted, without spaces at its end.</summary>
    public void Write(string[] row, ArrayBufferWriter<byte> line)
    {
        var text = string.Join("  ", row.Select((cell, i) => cell.PadRight(_widths[i]))).TrimEnd();
        // What others have written may be anything; a terminal is to show it, not to do it.
        Encoding.UTF8.GetBytes(string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)), line);
    }
}
