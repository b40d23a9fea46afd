using Msgc.Reactive.Simulation.Scenarios;

namespace Msgc.Reactive.Simulation;

/// <summary>Leaves out steps of a failing scenario as long as the same invariant fails: first large pieces, then single ones.</summary>
internal sealed class Shrinker(Scenario scenario, string invariant, Mutation? mutation = null)
{
    private const int MaxRuns = 400;

    private int _runs;

    public (int Kept, string Steps, Violation Violation, string? Timeline) Shrink()
    {
        var places = Enumerable.Range(0, scenario.Steps.Count).ToList();
        var outcome = Fails(places)!;
        for (var size = places.Count / 2; size > 0 && _runs < MaxRuns; size /= 2)
        {
            for (var at = 0; at < places.Count && _runs < MaxRuns;)
            {
                List<int> fewer = [.. places.Take(at), .. places.Skip(at + size)];
                if (Fails(fewer) is { } still) (places, outcome) = (fewer, still);
                else at += size;
            }
        }
        return (places.Count, StepList.Format(places), outcome.Violation!, outcome.Timeline);
    }

    private Outcome? Fails(List<int> places)
    {
        _runs++;
        try
        {
            var outcome = new Run(scenario with { Steps = [.. places.Select(i => scenario.Steps[i])] }, mutation, isDrawn: true).Execute();
            return outcome.Violation?.Invariant == invariant ? outcome : null;
        }
        catch (Exception error)
        {
            return invariant == Outcome.Exception ? Outcome.Of(error) : null;
        }
    }
}
