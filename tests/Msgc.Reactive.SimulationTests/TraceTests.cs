using System.Diagnostics;
using Msgc.Reactive.Simulation;
using Msgc.Reactive.Simulation.Scenarios;

namespace Msgc.Reactive.SimulationTests;

/// <summary>The same seed gives the same run, byte for byte, in any process.</summary>
public sealed class TraceTests
{
    private static ulong[] Seeds => [2, 3, 5, 7, 11, 13];

    [Fact]
    public void A_seed_gives_the_same_trace_twice()
    {
        foreach (var seed in Seeds) Assert.Equal(TraceOf(seed), TraceOf(seed));
    }

    [Fact]
    public void Different_seeds_give_different_traces() => Assert.Equal(Seeds.Length, Seeds.Select(TraceOf).Distinct().Count());

    [Fact]
    public async Task A_seed_gives_the_same_trace_in_two_processes()
    {
        foreach (var seed in Seeds)
        {
            var start = new ProcessStartInfo("dotnet", [typeof(Run).Assembly.Location, "--seed", $"{seed}"]) { RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            var text = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
            Assert.Contains($"trace {TraceOf(seed):x16}", text, StringComparison.Ordinal);
        }
    }

    private static ulong TraceOf(ulong seed) => new Run(Generator.Make(seed)).Execute().TraceHash;
}
