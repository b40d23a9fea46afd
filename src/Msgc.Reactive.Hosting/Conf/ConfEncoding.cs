using System.Text;

namespace Msgc.Reactive.Hosting.Conf;

/// <summary>Files are UTF-8, with or without a byte order mark.</summary>
internal static class ConfEncoding
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of a file. The first byte that is not UTF-8 is a problem; the rest is decoded all the same, so that all errors are found at once.</summary>
    public static string Decode(string file, byte[] bytes, ConfProblems problems)
    {
        try
        {
            return WithoutMark(Strict.GetString(bytes));
        }
        catch (DecoderFallbackException error)
        {
            var before = WithoutMark(Encoding.UTF8.GetString(bytes.AsSpan(0, error.Index)));
            var at = new ConfPosition(file, before.AsSpan().Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
            problems.Error(at, null, $"the byte 0x{bytes[error.Index]:X2} is not UTF-8; save the file in that encoding");
            return WithoutMark(Encoding.UTF8.GetString(bytes));
        }
    }

    private static string WithoutMark(string text) => text.StartsWith('\uFEFF') ? text[1..] : text;
}
