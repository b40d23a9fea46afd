using System.CommandLine;
using System.CommandLine.Parsing;

namespace Msgc.Tool;

/// <summary>
/// Words with no place in a command line. A mistyped option would otherwise be taken as a text to publish or a group's name, since these may
/// be anything: what starts with a dash counts as one only after <c>--</c>.
/// </summary>
internal static class Stray
{
    /// <summary>What to say about the first of them, or null when there is none.</summary>
    public static string? In(ParseResult line)
    {
        var command = line.CommandResult.Command;
        if ((line.UnmatchedTokens.FirstOrDefault() ?? MistypedOption(line)) is not { } stray) return null;
        var isOption = stray.StartsWith('-');
        var known = isOption ? command.Options.Select(option => option.Name) : command.Subcommands.Select(sub => sub.Name);
        var near = known.Where(name => IsNear(name, stray)).MinBy(name => Distance(name, stray));
        var what = isOption ? $"'{stray}' is no option" : command.Subcommands.Count > 0 ? $"'{stray}' is no command" : $"'{stray}' is one word too many";
        var hint = near is not null ? $"; did you mean {near}?"
            : isOption && command.Arguments.Count > 0 ? "; write -- before names and texts that start with a dash."
            : ".";
        return what + hint;
    }

    private static string? MistypedOption(ParseResult line)
    {
        var afterDashes = line.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Skip(1).Count();
        return line.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).SkipLast(afterDashes)
            .Select(token => token.Value)
            .FirstOrDefault(text => text.Length > 1 && text[0] == '-');
    }

    private static bool IsNear(string name, string word) =>
        Distance(name, word) <= 2 || name.StartsWith(word, StringComparison.Ordinal) || word.StartsWith(name, StringComparison.Ordinal);

    /// <summary>Letters to insert, remove or replace until the one is the other.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[^1];
    }
}
