using System.Globalization;

namespace Msgc.Reactive.Simulation.Scenarios;

/// <summary>Steps of a scenario by their places, as text: <c>0-17,20</c>.</summary>
internal static class StepList
{
    /// <summary>The scenario with these steps only.</summary>
    /// <exception cref="FormatException">The text is no list of places.</exception>
    public static Scenario Keep(Scenario scenario, string text) => scenario with { Steps = [.. Parse(text).Where(i => i < scenario.Steps.Count).Select(i => scenario.Steps[i])] };

    public static string Format(IReadOnlyList<int> places)
    {
        var parts = new List<string>();
        for (var i = 0; i < places.Count;)
        {
            var first = places[i];
            var last = first;
            for (i++; i < places.Count && places[i] == last + 1; i++) last++;
            parts.Add(first == last ? $"{first}" : $"{first}-{last}");
        }
        return parts.Count == 0 ? "none" : string.Join(',', parts);
    }

    private static IEnumerable<int> Parse(string text) => text == "none" ? [] : text.Split(',').SelectMany(part =>
    {
        var ends = part.Split('-');
        if (ends.Length > 2 || !Array.TrueForAll(ends, end => int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            throw new FormatException($"'{part}' is no place of a step, nor a range of them.");
        var first = int.Parse(ends[0], CultureInfo.InvariantCulture);
        return Enumerable.Range(first, Math.Max(0, int.Parse(ends[^1], CultureInfo.InvariantCulture) - first + 1));
    });
}
