using Msgc.Reactive.Simulation;
using Msgc.Reactive.Simulation.Scenarios;
using Msgc.Reactive.SimulationTests.Mutants;

namespace Msgc.Reactive.SimulationTests;

/// <summary>A failing scenario becomes a small one that fails alike, and is repeated by the line that is printed.</summary>
public sealed class ShrinkerTests
{
    [Fact]
    public void A_failing_scenario_shrinks_to_a_few_steps_that_repeat_it()
    {
        var mutant = new LosesInSilence();
        var scenario = Enumerable.Range(1, 100).Select(seed => Generator.Make((ulong)seed))
            .First(s => s.Weather == Weather.Storm && new Run(s, mutant).Execute().Violation is not null);
        var invariant = new Run(scenario, mutant).Execute().Violation!.Invariant;

        var smaller = new Shrinker(scenario, invariant, mutant).Shrink();

        Assert.Equal(invariant, smaller.Violation.Invariant);
        Assert.InRange(smaller.Kept, 1, scenario.Steps.Count / 4);
        var again = new Run(StepList.Keep(scenario, smaller.Steps), mutant).Execute().Violation;
        Assert.Equal(smaller.Violation, again);
    }

    [Theory]
    [InlineData("0-2,5", 4)]
    [InlineData("3", 1)]
    [InlineData("none", 0)]
    public void Steps_are_picked_by_their_places(string text, int count)
    {
        var scenario = Generator.Make(1);
        var kept = StepList.Keep(scenario, text);
        Assert.Equal(count, kept.Steps.Count);
        Assert.All(kept.Steps, step => Assert.Contains(step, scenario.Steps));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("1-2-3")]
    [InlineData("")]
    public void What_is_no_list_of_places_is_refused(string text) => Assert.Throws<FormatException>(() => StepList.Keep(Generator.Make(1), text));

    [Fact]
    public void Places_are_written_as_ranges() => Assert.Equal("0-2,5,7-8", StepList.Format([0, 1, 2, 5, 7, 8]));

    [Theory]
    [InlineData("--seeds")]
    [InlineData("--seed", "x")]
    [InlineData("--what")]
    [InlineData]
    public void A_command_that_makes_no_sense_ends_with_two(params string[] args) => Assert.Equal(2, Commands.Run(args));
}
