using System.Text;

namespace Msgc.Reactive.Hosting.Conf;

/// <summary>Texts as they stand in a file: in quotes where these are needed.</summary>
internal static class ConfText
{
    /// <summary>The text of a token in quotes. A backslash stands for itself, except before a quote, a backslash, n, r and t.</summary>
    public static string Unquote(string token)
    {
        var text = new StringBuilder(token.Length);
        for (var i = 1; i < token.Length - 1; i++)
        {
            var escaped = token[i] == '\\' && i + 1 < token.Length - 1 ? Escaped(token[i + 1]) : null;
            text.Append(escaped ?? token[i]);
            if (escaped is not null) i++;
        }
        return text.ToString();
    }

    /// <summary>The text in double quotes.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"", text.Length + 2);
        foreach (var c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ => c.ToString(),
            });
        }
        return quoted.Append('"').ToString();
    }

    private static char? Escaped(char c) => c switch
    {
        '"' or '\'' or '\\' => c,
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => null,
    };
}
