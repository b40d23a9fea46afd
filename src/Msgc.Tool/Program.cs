using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Msgc.Reactive;

namespace Msgc.Tool;

/// <summary>The <c>msgc</c> command.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        var root = new ToolRoot();
        var help = Help.ReplaceIn(root);
        root.SetAction(line =>
        {
            help.Invoke(line);
            return ExitCode.Usage;
        });

        // Without response files, so that '@all' is a text like any other.
        var line = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var isHelp = line.Action is not ParseErrorAction && line.Action != line.CommandResult.Command.Action;
        if (!isHelp && Stray.In(line) is { } stray) return Usage(line, stray);
        if (line.Action is ParseErrorAction) return Usage(line, line.Errors[0]);
        try
        {
            // Signals are the commands' own business, see Interrupt.
            return await line.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception error) when (error is Failure or MsgcException)
        {
            Notice.Fail(char.ToLowerInvariant(error.Message[0]) + error.Message[1..].ReplaceLineEndings(" "));
            return ExitCode.Failed;
        }
    }

    private static int Usage(ParseResult line, ParseError error) =>
        Usage(line, error.SymbolResult is ArgumentResult { Tokens.Count: 0, Argument: var missing } ? $"{missing.Name} is missing." : error.Message);

    private static int Usage(ParseResult line, string error)
    {
        Notice.Fail(error);
        var command = line.CommandResult.Command;
        Notice.Say($"Try 'msgc {(command is RootCommand ? "" : command.Name + " ")}--help'.");
        return ExitCode.Usage;
    }
}
