namespace Msgc.Reactive.Simulation.Invariants;

/// <summary>All sequences follow the Rx grammar, and who is disposed schedules nothing any more.</summary>
internal sealed class Grammar() : Invariant("§3 grammar")
{
    public override void AtRest(Run run) => Look(run);

    public override void AtEnd(Run run) => Look(run);

    private void Look(Run run)
    {
        if (run.Cluster.Violations is [var first, ..]) run.Violate(this, first);
    }
}
