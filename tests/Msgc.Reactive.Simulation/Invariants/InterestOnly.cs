namespace Msgc.Reactive.Simulation.Invariants;

/// <summary>A message crosses a link only if the far server has members of that group, as far as it has told.</summary>
internal sealed class InterestOnly() : Invariant("§4 interest only")
{
    public override void Glance(Run run)
    {
        if (run.Links.Uncalled is { } uncalled) run.Violate(this, $"{uncalled}.");
    }
}
