using Msgc.Reactive.Simulation;
using Msgc.Reactive.Simulation.Scenarios;
using Msgc.Reactive.SimulationTests.Mutants;

namespace Msgc.Reactive.SimulationTests;

/// <summary>Each invariant bites: with a wrong component in the place of a right one it is violated within a thousand seeds.</summary>
public sealed class InvariantTests
{
    private const int Seeds = 1000;

    public static TheoryData<string, string> Mutants => new()
    {
        { nameof(RepeatsPayloads), "§4 at most once" },
        { nameof(SwapsPayloads), "§4 FIFO" },
        { nameof(LeavesLate), "§3 nothing outside of join and leave" },
        { nameof(LosesInSilence), "§4 no silent loss" },
        { nameof(AcknowledgesAtOnce), "§4 acknowledged join" },
        { nameof(DialsTwice), "§6 one link per pair" },
        { nameof(SendsUnwanted), "§4 interest only" },
        { nameof(DoublesQueues), "§5 queues within both limits" },
        { nameof(StallsForLong), "§5 stall rule" },
        { nameof(LosesViews), "§6 views equal" },
        { nameof(DiesInsteadOfStopping), "§6 a drain loses nothing" },
        { nameof(GoesOnAfterTheEnd), "§3 grammar" },
        { nameof(KeepsConnections), "no leak" },
        { nameof(NeverComesBack), "§2 recovery" },
    };

    [Theory]
    [MemberData(nameof(Mutants))]
    public void A_wrong_component_is_noticed(string mutant, string invariant)
    {
        var others = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            if (new Run(Generator.Make(seed), Make(mutant)).Execute().Violation is not { } violation) continue;
            if (violation.Invariant == invariant) return;
            others[violation.Invariant] = others.GetValueOrDefault(violation.Invariant) + 1;
        }
        Assert.Fail($"'{invariant}' has held for {Seeds} seeds with {mutant}; others have not: {string.Join(", ", others)}");
    }

    private static Mutation Make(string mutant) => (Mutation)Activator.CreateInstance(typeof(RepeatsPayloads).Assembly.GetType($"{typeof(RepeatsPayloads).Namespace}.{mutant}", throwOnError: true)!)!;
}
