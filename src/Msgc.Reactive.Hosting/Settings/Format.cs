namespace Msgc.Reactive.Hosting.Settings;

/// <summary>How values of a kind are written, and what to say when one is not.</summary>
/// <param name="Right">What would be right, behind "write".</param>
/// <param name="TryRead">Reads a text; false when it is no such value.</param>
/// <param name="Write">The text that reads as this value.</param>
internal sealed record Format<T>(string Right, Format<T>.Reader TryRead, Func<T, string> Write)
{
    public delegate bool Reader(string text, out T value);
}
