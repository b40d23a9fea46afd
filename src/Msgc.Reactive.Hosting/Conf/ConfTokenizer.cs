using Superpower;
using Superpower.Model;

namespace Msgc.Reactive.Hosting.Conf;

/// <summary>
/// Text to tokens. It never fails: what no token can be made of is a token of its own kind, so that the parser says so and goes on behind it.
/// </summary>
internal sealed class ConfTokenizer : Tokenizer<ConfToken>
{
    private const string EndsWord = "#\"'={}[]()";

    protected override IEnumerable<Result<ConfToken>> Tokenize(TextSpan span)
    {
        var lists = 0;
        for (var at = SkipBlank(span); !at.IsAtEnd; at = SkipBlank(at))
        {
            var (kind, length) = Next(Rest(at), lists > 0);
            lists = kind switch
            {
                ConfToken.LeftBracket or ConfToken.LeftParen => lists + 1,
                ConfToken.RightBracket or ConfToken.RightParen => Math.Max(0, lists - 1),
                ConfToken.LeftBrace or ConfToken.RightBrace => 0, // they cannot stand in lists: one of these is not closed
                _ => lists,
            };
            var rest = at.Skip(length);
            yield return Result.Value(kind, at, rest);
            at = rest;
        }
    }

    private static ReadOnlySpan<char> Rest(TextSpan span) => span.Source.AsSpan(span.Position.Absolute);

    private static TextSpan SkipBlank(TextSpan span)
    {
        var rest = Rest(span);
        var length = 0;
        while (length < rest.Length)
        {
            if (char.IsWhiteSpace(rest[length])) length++;
            else if (rest[length] == '#') length += EndOfLine(rest[length..]);
            else if (CommentAt(rest[length..]) is var comment && comment > 0) length += comment;
            else break;
        }
        return span.Skip(length);
    }

    private static (ConfToken Kind, int Length) Next(ReadOnlySpan<char> rest, bool isInList)
    {
        switch (rest[0])
        {
            case '{': return (ConfToken.LeftBrace, 1);
            case '}': return (ConfToken.RightBrace, 1);
            case '[': return (ConfToken.LeftBracket, 1);
            case ']': return (ConfToken.RightBracket, 1);
            case '(': return (ConfToken.LeftParen, 1);
            case ')': return (ConfToken.RightParen, 1);
            case '=': return (ConfToken.Equal, 1);
            case ',' when isInList: return (ConfToken.Comma, 1);
            case '"' or '\'': return QuotedAt(rest);
            case '/' when rest.StartsWith("/*"): return (ConfToken.Unclosed, rest.Length);
        }
        var length = 1;
        while (length < rest.Length && !char.IsWhiteSpace(rest[length]) && !EndsWord.Contains(rest[length])
            && !(isInList && rest[length] == ',') && CommentAt(rest[length..]) == 0) length++;
        return (rest[..length].Contains('/') ? ConfToken.Unquoted : ConfToken.Word, length);
    }

    private static (ConfToken Kind, int Length) QuotedAt(ReadOnlySpan<char> rest)
    {
        for (var i = 1; i < rest.Length && rest[i] != '\n'; i++)
        {
            if (rest[i] == rest[0]) return (ConfToken.Quoted, i + 1);
            if (rest[i] == '\\' && i + 1 < rest.Length && rest[i + 1] != '\n') i++;
        }
        return (ConfToken.Unclosed, EndOfLine(rest));
    }

    /// <summary>The length of a comment that is closed; they do not nest.</summary>
    private static int CommentAt(ReadOnlySpan<char> rest) =>
        rest.StartsWith("/*") && rest[2..].IndexOf("*/") is >= 0 and var length ? length + 4 : 0;

    private static int EndOfLine(ReadOnlySpan<char> rest) => rest.IndexOf('\n') is >= 0 and var length ? length : rest.Length;
}
