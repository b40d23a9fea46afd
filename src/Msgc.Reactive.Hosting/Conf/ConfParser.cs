using Superpower.Model;

namespace Msgc.Reactive.Hosting.Conf;

/// <summary>
/// Options, stanzas and includes of one file. After an error it goes on at the next option or stanza, or at the closing brace, so that all
/// errors are found at once.
/// </summary>
internal sealed class ConfParser
{
    private const int MaxDepth = 64;

    private readonly ConfSyntaxErrors _errors;
    private readonly ConfGrammar _grammar;
    private readonly string _file;
    private readonly Token<ConfToken>[] _tokens;
    private TokenList<ConfToken> _rest;

    private ConfParser(string file, string text, ConfProblems problems)
    {
        _file = file;
        _rest = new ConfTokenizer().Tokenize(text);
        _tokens = [.. _rest];
        _errors = new ConfSyntaxErrors(file, text, _tokens, problems);
        _grammar = new ConfGrammar(file);
    }

    /// <summary>Parses a file's text: what can be understood, and why the rest cannot.</summary>
    public static IReadOnlyList<ConfItem> Parse(string file, string text, ConfProblems problems)
    {
        var parser = new ConfParser(file, text, problems);
        return parser._errors.IsTooDeep(MaxDepth) ? [] : parser.Body(open: null);
    }

    private ConfToken? Kind(int ahead = 0) => _rest.Position + ahead < _tokens.Length ? _tokens[_rest.Position + ahead].Kind : null;

    private bool IsText(int ahead) => Kind(ahead) is ConfToken.Word or ConfToken.Quoted;

    private bool IsInclude => IsText(1) && _tokens[_rest.Position].ToStringValue().ToLowerInvariant() is "include" or "readonly_include";

    private bool BeginsStatement => Kind(1) is ConfToken.Equal or ConfToken.LeftBrace || (IsText(1) && Kind(2) is ConfToken.LeftBrace) || IsInclude;

    private Token<ConfToken> Take()
    {
        var result = _rest.ConsumeToken();
        _rest = result.Remainder;
        return result.Value;
    }

    private ConfPosition At(Token<ConfToken> token) => new(_file, token.Position.Line, token.Position.Column);

    private List<ConfItem> Body(Token<ConfToken>? open)
    {
        var items = new List<ConfItem>();
        while (true)
        {
            switch (Kind())
            {
                case null:
                    if (open is { } brace) _errors.NotClosed(brace);
                    return items;
                case ConfToken.RightBrace:
                    var close = Take();
                    if (open is not null) return items;
                    _errors.ClosesNothing(close);
                    break;
                case ConfToken.Word:
                    if (Statement() is { } item) items.Add(item);
                    break;
                default:
                    _errors.NoStatement(_rest.Position);
                    Recover(0);
                    break;
            }
        }
    }

    private ConfItem? Statement()
    {
        var isInclude = IsInclude;
        var name = Take();
        if (isInclude) return new ConfItem.Include(At(name), name.ToStringValue(), Text());
        if (Kind() is ConfToken.LeftBrace || (IsText(0) && Kind(1) is ConfToken.LeftBrace))
        {
            var label = Kind() is ConfToken.LeftBrace ? null : Text();
            return new ConfItem.Stanza(At(name), name.ToStringValue(), label, Body(Take()));
        }
        if (Kind() is ConfToken.Equal) return Option(name);
        _errors.NoEqual(name, _rest.Position);
        Recover(0);
        return null;
    }

    private ConfValue.Text Text()
    {
        var text = _grammar.Text(_rest);
        _rest = text.Remainder;
        return text.Value;
    }

    private ConfItem.Option? Option(Token<ConfToken> name)
    {
        var equal = Take();
        var start = _rest.Position;
        var value = _grammar.Value(_rest);
        if (!value.HasValue)
        {
            _rest = value.Remainder;
            Recover(_errors.BadValue(name, start, _rest.Position, value.Expectations));
            return null;
        }
        if (Kind() is ConfToken.Word && BeginsStatement && _tokens[start].Position.Line > equal.Position.Line)
        {
            _errors.NoValue(name, equal);
            return null;
        }
        _rest = value.Remainder;
        return new ConfItem.Option(At(name), name.ToStringValue(), value.Value);
    }

    /// <summary>Skips to where it can go on.</summary>
    /// <param name="lists">How many ( and [ are open.</param>
    private void Recover(int lists)
    {
        for (var braces = 0; Kind() is { } kind; Take())
        {
            switch (kind)
            {
                case ConfToken.RightBrace when braces == 0:
                case ConfToken.Word when braces == 0 && lists == 0 && BeginsStatement:
                    return;
                case ConfToken.LeftBrace:
                    braces++;
                    break;
                case ConfToken.RightBrace:
                    braces--;
                    break;
                case ConfToken.LeftBracket or ConfToken.LeftParen:
                    lists++;
                    break;
                case ConfToken.RightBracket or ConfToken.RightParen:
                    lists = Math.Max(0, lists - 1);
                    break;
            }
        }
    }
}
