using Superpower.Model;

namespace Msgc.Reactive.Hosting.Conf;

/// <summary>What the parser has to say, in sentences: what stands there, and what would be right.</summary>
internal sealed class ConfSyntaxErrors(string file, string text, Token<ConfToken>[] tokens, ConfProblems problems)
{
    private const string SecretInQuotes = "this is behind a secret, or a part of it; write the whole secret in quotes";

    /// <summary>Deeper nesting than any configuration has would cost the stack.</summary>
    public bool IsTooDeep(int most)
    {
        var depth = 0;
        foreach (var token in tokens)
        {
            if (token.Kind is ConfToken.LeftBrace or ConfToken.LeftBracket or ConfToken.LeftParen && ++depth > most)
            {
                Error(token, null, $"this is nested {depth} levels deep; write at most {most}");
                return true;
            }
            if (token.Kind is ConfToken.RightBrace or ConfToken.RightBracket or ConfToken.RightParen) depth--;
        }
        return false;
    }

    public void NotClosed(Token<ConfToken> brace) => Error(brace, null, "this '{' is not closed; write '}' behind its last option");

    public void ClosesNothing(Token<ConfToken> brace) => Error(brace, null, "this '}' closes nothing; remove it, or write the '{' that is missing");

    public void NoStatement(int at) =>
        Error(At(at), null, Spoilt(at) ?? $"{Shown(at)} is not expected here; write an option, as name = value, or a stanza, as name {{ … }}");

    public void NoEqual(Token<ConfToken> name, int at)
    {
        if (IsSecret(at - 1))
        {
            Error(name, null, SecretInQuotes);
            return;
        }
        var text = name.ToStringValue();
        var right = $"write {text} = value, or a stanza, as {text} {{ … }}";
        if (at >= tokens.Length || tokens[at].Position.Line > name.Position.Line || tokens[at].Kind is ConfToken.RightBrace)
            Error(name, name, $"'{text}' has no value; {right}; a value with spaces needs quotes");
        else
            Error(At(at), name, Spoilt(at) ?? $"{Shown(at)} is not expected behind '{text}'; {right}");
    }

    public void NoValue(Token<ConfToken> name, Token<ConfToken> equal) =>
        Error(equal, name, $"{name.ToStringValue()} has no value; write one behind the '=', at least \"\"");

    /// <summary>A value that ends in an error.</summary>
    /// <returns>How many ( and [ are open there.</returns>
    public int BadValue(Token<ConfToken> name, int start, int at, string[]? expected)
    {
        var open = new Stack<Token<ConfToken>>();
        for (var i = start; i < at; i++)
        {
            if (tokens[i].Kind is ConfToken.LeftBracket or ConfToken.LeftParen) open.Push(tokens[i]);
            else if (tokens[i].Kind is ConfToken.RightBracket or ConfToken.RightParen) open.Pop();
        }
        var right = open.Count > 0 && expected is [var one] ? one.Trim('`') : "a value";
        // Within a list what looks like an option is one: the list was meant to end before it.
        var isMissed = open.Count > 0 && (at == tokens.Length || tokens[at].Kind is ConfToken.RightBrace || (tokens[at].Kind is ConfToken.Equal && right == ")"));
        var message = isMissed
            ? $"the '{open.Peek().ToStringValue()}' of line {open.Peek().Position.Line} is not closed; write '{(open.Peek().Kind is ConfToken.LeftParen ? ')' : ']')}'"
            : $"{Shown(at)} is not expected in the value of {name.ToStringValue()}; write {(right == "a value" ? right : $"'{right}'")}";
        Error(At(at), name, Spoilt(at) ?? message);
        return isMissed ? 0 : open.Count;
    }

    /// <summary>What is wrong with the token by itself.</summary>
    private string? Spoilt(int at)
    {
        if (at >= tokens.Length) return null;
        var token = tokens[at].ToStringValue();
        if (IsSecret(at)) return SecretInQuotes;
        return tokens[at].Kind switch
        {
            ConfToken.Unquoted when token.StartsWith("*/", StringComparison.Ordinal) => "this '*/' ends no comment; comments do not nest",
            ConfToken.Unquoted => $"'{token}' has a slash; write it in quotes: {ConfText.Quote(token)}",
            ConfToken.Unclosed when token[0] == '/' => "this comment is not closed; write '*/' behind it",
            ConfToken.Unclosed => $"this quote is not closed on its line; write {token[0]} behind the text",
            _ => null,
        };
    }

    /// <summary>True behind the name of a secret on its line: what stands there is not repeated, errors end in logs.</summary>
    private bool IsSecret(int at)
    {
        for (var i = at - 1; i > 0 && tokens[i].Position.Line == tokens[at].Position.Line; i--)
        {
            if (tokens[i].Kind is ConfToken.LeftBrace or ConfToken.RightBrace) return false;
            if (tokens[i].Kind is ConfToken.Equal && tokens[i - 1].ToStringValue().EndsWith("secret", StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }

    private string Shown(int at) => at < tokens.Length ? $"'{tokens[at].ToStringValue()}'" : "the end of the file";

    private ConfPosition At(int at)
    {
        if (at < tokens.Length) return At(tokens[at]);
        var end = text.AsSpan().TrimEnd();
        return new ConfPosition(file, end.Count('\n') + 1, end.Length - end.LastIndexOf('\n'));
    }

    private ConfPosition At(Token<ConfToken> token) => new(file, token.Position.Line, token.Position.Column);

    private void Error(Token<ConfToken> at, Token<ConfToken>? name, string message) => Error(At(at), name, message);

    private void Error(ConfPosition at, Token<ConfToken>? name, string message) => problems.Error(at, name?.ToStringValue(), message);
}
