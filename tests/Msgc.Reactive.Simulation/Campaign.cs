using System.Diagnostics;
using Msgc.Reactive.Simulation.Scenarios;

namespace Msgc.Reactive.Simulation;

/// <summary>Many seeds on several threads, each run on one; what fails is made smaller and told with the line that repeats it.</summary>
internal sealed class Campaign(ulong first, int seeds, int threads)
{
    private const int Told = 5;

    private readonly Lock _gate = new();
    private readonly List<(ulong Seed, string Text)> _failures = [];
    private double _virtualSeconds;
    private long _faults, _deliveries, _gaps, _asked;

    /// <summary>The seeds that failed.</summary>
    public IReadOnlyList<(ulong Seed, string Text)> Failures => _failures;

    /// <summary>Runs them; false when one failed. The last line is a summary.</summary>
    public bool Run(TextWriter output)
    {
        var watch = Stopwatch.StartNew();
        Parallel.For(0, seeds, new ParallelOptions { MaxDegreeOfParallelism = threads }, i => Run(first + (ulong)i, output));
        output.WriteLine(
            $"{seeds} seeds from {first}, {_failures.Count} violations, {_virtualSeconds:f0} virtual s, {_virtualSeconds / watch.Elapsed.TotalSeconds:f0} a second; "
            + $"means per seed: {_virtualSeconds / seeds:f1} virtual s, {(double)_faults / seeds:f1} faults, {(double)_deliveries / seeds:f0} deliveries, {(double)_gaps / seeds:f1} gaps, {(double)_asked / seeds:f0} messages asked for");
        return _failures.Count == 0;
    }

    private void Run(ulong seed, TextWriter output)
    {
        var scenario = Generator.Make(seed);
        var outcome = Attempt(scenario);
        lock (_gate)
        {
            _virtualSeconds += outcome.VirtualSeconds;
            _faults += outcome.Faults;
            _deliveries += outcome.Deliveries;
            _gaps += outcome.Gaps;
            _asked += outcome.Asked;
            if (outcome.Violation is null) return;
            _failures.Add((seed, outcome.Violation.ToString()));
            output.WriteLine($"seed {seed}: {outcome.Violation}");
            if (_failures.Count > Told) return;
        }
        var smaller = new Shrinker(scenario, outcome.Violation.Invariant).Shrink();
        lock (_gate)
        {
            output.WriteLine(smaller.Timeline);
            output.WriteLine($"seed {seed}: {smaller.Violation}\n  to repeat it with {smaller.Kept} of {scenario.Steps.Count} steps: --seed {seed} --steps {smaller.Steps}");
        }
    }

    private static Outcome Attempt(Scenario scenario)
    {
        try
        {
            return new Run(scenario).Execute();
        }
        catch (Exception error)
        {
            return Outcome.Of(error);
        }
    }
}
