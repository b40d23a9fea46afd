using Msgc.Reactive.Simulation.Actors;

namespace Msgc.Reactive.Simulation.Invariants;

/// <summary>Nothing is delivered before a join or after the leave.</summary>
internal sealed class InsideJoin() : Invariant("§3 nothing outside of join and leave")
{
    public override void Passing(Run run, Ear ear)
    {
        if (ear is { IsSubscribed: false, Life.IsDead: false }) run.Violate(this, $"{ear.Name} is told something though it is not joined.");
    }
}
