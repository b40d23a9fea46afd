using System.Globalization;

namespace Msgc.Reactive.Benchmarks.Scenarios;

/// <summary>Runs the scenarios one after the other, each with a server of its own, and prints their figures.</summary>
internal static class ScenariosCommand
{
    private static readonly IScenario[] All = [new StuckSubscriber(), new SlowConflation(), new ReconnectStorm(), new IdleConnections()];

    public static async Task<int> RunAsync(Selection selection)
    {
        Console.WriteLine("| scenario | figure | |");
        Console.WriteLine("|---|---|--:|");
        foreach (var scenario in All.Where(scenario => selection.Wants(scenario.Name)))
        {
            foreach (var (name, value, unit) in await scenario.RunAsync(selection.Quick))
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {scenario.Name} | {name} | {value:#,0.##} {unit} |"));
        }
        return 0;
    }
}
