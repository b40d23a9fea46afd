using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Spectre.Console;

namespace Msgc.Tool;

/// <summary>The generated help, then the command's own examples; coloured on a terminal only.</summary>
internal sealed class Help(HelpAction generated) : SynchronousCommandLineAction
{
    /// <summary>Replaces the help of a root command, and so of all commands under it.</summary>
    public static Help ReplaceIn(RootCommand root)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        var help = new Help((HelpAction)option.Action!);
        option.Action = help;
        return help;
    }

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        using var text = new StringWriter();
        var output = parseResult.InvocationConfiguration.Output;
        parseResult.InvocationConfiguration.Output = text;
        generated.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        var all = text.ToString().TrimEnd() + Environment.NewLine;
        if (parseResult.CommandResult.Command is IEpilogue command) all += Environment.NewLine + command.Epilogue.ReplaceLineEndings() + Environment.NewLine;
        if (Terminal.Output is { } terminal) terminal.Write(Coloured(all));
        else output.Write(all);
        return ExitCode.Done;
    }

    private static Paragraph Coloured(string text)
    {
        var lines = new Paragraph();
        foreach (var line in text.TrimEnd().Split(Environment.NewLine)) lines.Append(line + Environment.NewLine, StyleOf(line));
        return lines;
    }

    private static Style StyleOf(string line) =>
        line.EndsWith(':') && !line.StartsWith(' ') ? new Style(Color.Yellow)
        : line.StartsWith("  $ ", StringComparison.Ordinal) ? new Style(Color.Green)
        : Style.Plain;
}
