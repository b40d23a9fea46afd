using Superpower;
using Superpower.Model;
using Superpower.Parsers;

namespace Msgc.Reactive.Hosting.Conf;

/// <summary>
/// Values, as combinators: a text, <c>( v v … )</c> or <c>[ k = v … ]</c>, these nested as one likes, with commas where one likes. What is
/// around them is the parser's, which has to go on after errors.
/// </summary>
internal sealed class ConfGrammar
{
    public ConfGrammar(string file)
    {
        ConfPosition At(Token<ConfToken> token) => new(file, token.Position.Line, token.Position.Column);

        var comma = Token.EqualTo(ConfToken.Comma).OptionalOrDefault();
        Text = Token.EqualTo(ConfToken.Word).Select(token => new ConfValue.Text(At(token), token.ToStringValue()))
            .Or(Token.EqualTo(ConfToken.Quoted).Select(token => new ConfValue.Text(At(token), ConfText.Unquote(token.ToStringValue()))));
        var entry =
            from key in Text
            from equal in Token.EqualTo(ConfToken.Equal)
            from value in Parse.Ref(() => Value!)
            from separator in comma
            select new ConfItem.Option(key.At, key.Value, value);
        var item =
            from value in Parse.Ref(() => Value!)
            from separator in comma
            select value;
        var dictionary =
            from open in Token.EqualTo(ConfToken.LeftBracket)
            from entries in entry.Many()
            from close in Token.EqualTo(ConfToken.RightBracket)
            select (ConfValue)new ConfValue.Dictionary(At(open), entries);
        var array =
            from open in Token.EqualTo(ConfToken.LeftParen)
            from items in item.Many()
            from close in Token.EqualTo(ConfToken.RightParen)
            select (ConfValue)new ConfValue.Array(At(open), items);
        Value = Text.Select(text => (ConfValue)text).Or(dictionary).Or(array);
    }

    /// <summary>A word or a text in quotes.</summary>
    public TokenListParser<ConfToken, ConfValue.Text> Text { get; }

    /// <summary>Any value.</summary>
    public TokenListParser<ConfToken, ConfValue> Value { get; }
}
