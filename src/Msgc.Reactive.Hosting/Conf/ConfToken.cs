using Superpower.Display;

namespace Msgc.Reactive.Hosting.Conf;

/// <summary>What the text of a configuration file is made of.</summary>
internal enum ConfToken
{
    /// <summary>A name or a value without quotes.</summary>
    Word,

    /// <summary>A text in single or double quotes.</summary>
    Quoted,

    [Token(Example = "{")]
    LeftBrace,

    [Token(Example = "}")]
    RightBrace,

    [Token(Example = "[")]
    LeftBracket,

    [Token(Example = "]")]
    RightBracket,

    [Token(Example = "(")]
    LeftParen,

    [Token(Example = ")")]
    RightParen,

    [Token(Example = "=")]
    Equal,

    /// <summary>Between the values of a list; elsewhere a comma is a letter like any other.</summary>
    [Token(Example = ",")]
    Comma,

    /// <summary>A word with a slash, which needs quotes.</summary>
    Unquoted,

    /// <summary>A quote that its line does not close, or a comment that the file does not.</summary>
    Unclosed,
}
