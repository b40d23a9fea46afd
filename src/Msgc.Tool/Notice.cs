using Spectre.Console;

namespace Msgc.Tool;

/// <summary>Lines for people, on standard error. Spectre is loaded for a terminal only: it costs start-up time.</summary>
internal static class Notice
{
    private static readonly Lazy<IAnsiConsole?> Lazily = new(() => Console.IsErrorRedirected
        ? null
        // Progress has to do with standard error only, wherever standard input comes from.
        : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error), Interactive = InteractionSupport.Yes }));

    /// <summary>Standard error when it is a terminal, else null.</summary>
    public static IAnsiConsole? Terminal => Lazily.Value;

    public static void Say(string line) => Write("", line);

    /// <summary>What went wrong, after the command's name.</summary>
    public static void Fail(string line) => Write("msgc: ", line);

    private static void Write(string prefix, string line)
    {
        if (Terminal is not { } terminal)
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
