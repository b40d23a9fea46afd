using Spectre.Console;

namespace Msgc.Tool;

/// <summary>
/// Whether standard output and standard error are terminals, and whether these show colours: decided here only. Spectre is loaded for a
/// terminal only: it costs start-up time.
/// </summary>
internal static class Terminal
{
    private static readonly Lazy<IAnsiConsole?> LazyOutput = new(() => Console.IsOutputRedirected ? null : Create(Console.Out));
    private static readonly Lazy<IAnsiConsole?> LazyError = new(() => Console.IsErrorRedirected ? null : Create(Console.Error));

    /// <summary>Standard output when it is a terminal, else null.</summary>
    public static IAnsiConsole? Output => LazyOutput.Value;

    /// <summary>Standard error when it is a terminal, else null.</summary>
    public static IAnsiConsole? Error => LazyError.Value;

    private static IAnsiConsole Create(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        // https://no-color.org: any value that is not empty.
        ColorSystem = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        // Progress has to do with standard error only, wherever standard input comes from.
        Interactive = InteractionSupport.Yes,
    });
}
