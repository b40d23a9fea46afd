namespace Msgc.Reactive.Hosting.Settings;

/// <summary>What a mistyped name was meant to be.</summary>
internal static class Nearest
{
    /// <summary>A hint at the nearest of the known names, or at all of them when none is near.</summary>
    public static string Hint(string name, IEnumerable<string> known)
    {
        var nearest = known.MinBy(candidate => Distance(candidate, name))!;
        return IsNear(nearest, name) ? $"did you mean {nearest}?" : $"known are {string.Join(", ", known)}";
    }

    /// <summary>True when so few letters differ that it can hardly be by chance.</summary>
    public static bool IsNear(string known, string name) => Distance(known, name) <= Math.Max(2, known.Length / 4);

    /// <summary>Letters to insert, remove or replace until the one is the other, in whatever case.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (char.ToLowerInvariant(one[i - 1]) == char.ToLowerInvariant(other[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[^1];
    }
}
