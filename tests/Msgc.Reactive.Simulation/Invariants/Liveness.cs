namespace Msgc.Reactive.Simulation.Invariants;

/// <summary>After the last fault everything works again within the bound: connections, joins, flushes and deliveries.</summary>
internal sealed class Liveness() : Invariant("§2 recovery")
{
    public override void Recovered(Run run)
    {
        foreach (var life in run.Actors.Select(actor => actor.Life))
        {
            if (!life.IsConnected) run.Violate(this, $"{life.Actor.Name} is not connected {run.Scenario.Rules.RecoveryBound.TotalSeconds:f1} s after the last fault.");
            foreach (var ear in life.Ears.Where(ear => ear.IsJoined && ear is { Stands: false, IsJoinKnown: true }))
                run.Violate(this, $"The join of {ear.Name} is not acknowledged {run.Scenario.Rules.RecoveryBound.TotalSeconds:f1} s after the last fault.");
        }
    }

    public override void AtRest(Run run)
    {
        foreach (var speaker in run.Actors.Select(actor => actor.Life.Speaker))
        {
            if (speaker.Flushing > 0) run.Violate(this, $"{speaker.Flushing} flushes of {speaker.Name} have not come back.");
            foreach (var ear in run.Actors.SelectMany(actor => actor.Life.Ears).Where(ear => ear.IsJoined))
            {
                var last = speaker.To(ear.Number).Count;
                if (!ear.HasHeard(speaker.Id, last)) run.Violate(this, $"{ear.Name} has not heard {speaker.Name}'s {last}, published at rest.");
            }
        }
    }
}
