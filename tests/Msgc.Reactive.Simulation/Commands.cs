using System.Diagnostics;
using System.Globalization;
using Msgc.Reactive.Simulation.Scenarios;

namespace Msgc.Reactive.Simulation;

/// <summary>What the command line asks for.</summary>
internal static class Commands
{
    private const string Usage = """
        usage: --seeds N [--first N] [--threads N]      run so many seeds; exit code 1 at a violation
               --hour [--servers N] [--clients N]       one virtual hour of a large cluster
               --seed N [--steps 0-17,20] [--timeline] [--log]   run one seed, or these steps of it
        """;

    public static int Run(string[] args)
    {
        try
        {
            var options = Parse(args);
            if (options.TryGetValue("--seed", out var seed)) return One(Number(seed), options.GetValueOrDefault("--steps"), options.ContainsKey("--timeline"), options.ContainsKey("--log"));
            if (options.ContainsKey("--hour"))
            {
                new LargeCluster((int)Number(options.GetValueOrDefault("--servers", "100")), (int)Number(options.GetValueOrDefault("--clients", "1000"))).Run(Console.Out);
                return 0;
            }
            if (options.TryGetValue("--seeds", out var seeds))
                return new Campaign(Number(options.GetValueOrDefault("--first", "1")), (int)Number(seeds), (int)Number(options.GetValueOrDefault("--threads", $"{Environment.ProcessorCount}"))).Run(Console.Out) ? 0 : 1;
        }
        catch (FormatException error)
        {
            Console.Error.WriteLine(error.Message);
        }
        Console.Error.WriteLine(Usage);
        return 2;
    }

    private static Dictionary<string, string> Parse(string[] args)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] is "--timeline" or "--log" or "--hour") options.Add(args[i], "");
            else if (args[i] is "--seed" or "--seeds" or "--first" or "--threads" or "--steps" or "--servers" or "--clients" && i + 1 < args.Length) options.Add(args[i], args[++i]);
            else throw new FormatException($"'{args[i]}' is no option, or its value is missing.");
        }
        return options;
    }

    private static ulong Number(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"'{text}' is no number.");

    private static int One(ulong seed, string? steps, bool timeline, bool log)
    {
        var scenario = Generator.Make(seed);
        if (steps is not null) scenario = StepList.Keep(scenario, steps);
        var watch = Stopwatch.StartNew();
        var outcome = new Run(scenario, isDrawn: true, log: log ? Console.Out : null).Execute();
        if (steps is not null)
        {
            foreach (var step in scenario.Steps) Console.WriteLine(step);
        }
        if (timeline || outcome.Violation is not null) Console.WriteLine(outcome.Timeline);
        Console.WriteLine(outcome.Violation?.ToString() ?? "no violation");
        Console.WriteLine($"{scenario.Weather}, {scenario.Servers} servers, {scenario.Clients.Count} clients, {outcome.VirtualSeconds:f1} virtual s in {watch.Elapsed.TotalSeconds:f2} s, {outcome.Faults} faults, {outcome.Deliveries} deliveries, {outcome.Gaps} gaps, trace {outcome.TraceHash:x16}");
        return outcome.Violation is null ? 0 : 1;
    }
}
