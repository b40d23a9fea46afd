using System.Globalization;
using Msgc.Reactive.Hosting.Conf;

namespace Msgc.Reactive.Hosting.Settings;

/// <summary>The formats there are.</summary>
internal static class Formats
{
    private const string Never = "never";

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    public static Format<int> Whole { get; } = new(
        "a whole number", (text, out value) => int.TryParse(text, NumberStyles.None, Plain, out value), value => value.ToString(Plain));

    public static Format<long> Bytes { get; } = new(
        "a whole number of bytes", (text, out value) => long.TryParse(text, NumberStyles.None, Plain, out value), value => value.ToString(Plain));

    public static Format<bool> Flag { get; } = new("true or false", bool.TryParse, value => value ? "true" : "false");

    public static Format<string> Text { get; } = new("a text", TryReadText, ConfText.Quote);

    /// <summary>A text where quotes are not the format's.</summary>
    public static Format<string> PlainText { get; } = new("a text", TryReadText, value => value);

    public static Format<TimeSpan> Seconds { get; } = new("a number of seconds, such as 5 or 0.5", TryReadSeconds, WriteSeconds);

    public static Format<TimeSpan> SecondsOrNever { get; } = OrNever(Seconds);

    /// <summary>.NET's own form. A number alone would be taken for days by others, and for seconds by people.</summary>
    public static Format<TimeSpan> Duration { get; } = new(
        "hh:mm:ss, such as 00:00:05 or 00:00:00.5",
        (text, out value) =>
        {
            value = default;
            return text.Contains(':') && TimeSpan.TryParse(text, Plain, out value);
        },
        value => value.ToString("c", Plain));

    public static Format<TimeSpan> DurationOrNever { get; } = OrNever(Duration);

    /// <summary>Octal, as chmod has it.</summary>
    public static Format<UnixFileMode> Mode { get; } = new("an octal mode from 0000 to 0777, such as 0660", TryReadMode, value => "0" + Convert.ToString((int)value, 8).PadLeft(3, '0'));

    public static Format<MsgcDebugLevel> Level { get; } = new(
        "DEBUG, INFO, NOTICE, WARNING, ERROR, CRITICAL, or 0 to 5 in this order", TryReadLevel, value => ConfText.Quote(value.ToString().ToUpperInvariant()));

    private static bool TryReadText(string text, out string value)
    {
        value = text;
        return true;
    }

    private static bool TryReadSeconds(string text, out TimeSpan value)
    {
        value = default;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, Plain, out var seconds) || seconds > 1e9m) return false;
        value = new TimeSpan((long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    private static string WriteSeconds(TimeSpan value) => ((decimal)value.Ticks / TimeSpan.TicksPerSecond).ToString("0.#######", Plain);

    private static bool TryReadMode(string text, out UnixFileMode value)
    {
        value = default;
        if (text.Length is < 3 or > 4 || text.Any(c => c is < '0' or > '7') || (text.Length == 4 && text[0] != '0')) return false;
        value = (UnixFileMode)Convert.ToInt32(text, 8);
        return true;
    }

    private static bool TryReadLevel(string text, out MsgcDebugLevel value) =>
        Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value) && (char.IsLetter(text[0]) || text.Length == 1);

    private static Format<TimeSpan> OrNever(Format<TimeSpan> format) => new(
        $"{format.Right}, or {Never}",
        (text, out value) =>
        {
            value = Timeout.InfiniteTimeSpan;
            return text.Equals(Never, StringComparison.OrdinalIgnoreCase) || format.TryRead(text, out value);
        },
        value => value == Timeout.InfiniteTimeSpan ? Never : format.Write(value));
}
