using Spectre.Console;

namespace Msgc.Tool;

/// <summary>Lines for people, on standard error.</summary>
internal static class Notice
{
    public static void Say(string line) => Write("", line);

    /// <summary>What went wrong, after the command's name.</summary>
    public static void Fail(string line) => Write("msgc: ", line);

    private static void Write(string prefix, string line)
    {
        if (Terminal.Error is not { } terminal)
        {
            Console.Error.WriteLine(prefix + line);
            return;
        }
        // One write, so that a progress line in flight stays below it.
        var paragraph = new Paragraph(prefix, new Style(Color.Red));
        paragraph.Append(line + Environment.NewLine);
        terminal.Write(paragraph);
    }
}
