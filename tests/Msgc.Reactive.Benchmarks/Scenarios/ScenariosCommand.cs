using System.Globalization;

namespace Msgc.Reactive.Benchmarks.Scenarios;

/// <summary>Runs the scenarios one after the other, each with a server of its own, and prints their figures.</summary>
internal static class ScenariosCommand
{
    private static readonly IScenario[] All = [new StuckSubscriber(), new SlowConflation(), new ReconnectStorm(), new IdleConnections()];

    public static async Task<int> RunAsync(string[] args)
    {
        var (quick, only) = (false, "");
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--quick") quick = true;
            else if (args[i] == "--only" && i + 1 < args.Length) only = args[++i];
            else throw new ArgumentException($"scenarios: what is {args[i]}?");
        }
        Console.WriteLine("| scenario | figure | |");
        Console.WriteLine("|---|---|--:|");
        foreach (var scenario in All.Where(scenario => scenario.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            foreach (var (name, value, unit) in await scenario.RunAsync(quick))
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {scenario.Name} | {name} | {value:#,0.##} {unit} |"));
        }
        return 0;
    }
}
