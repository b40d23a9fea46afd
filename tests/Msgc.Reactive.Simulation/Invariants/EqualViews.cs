namespace Msgc.Reactive.Simulation.Invariants;

/// <summary>At rest all who watch a group have the same view of it: who has joined.</summary>
internal sealed class EqualViews() : Invariant("§6 views equal")
{
    public override void AtRest(Run run)
    {
        for (var group = 0; group < run.Scenario.Groups; group++)
        {
            var ears = run.Actors.Select(actor => actor.Life.Ears[group]).ToList();
            var expected = string.Join(' ', ears.Where(ear => ear.IsJoined).Select(ear => ear.Life.Actor.Name).Order(StringComparer.Ordinal));
            foreach (var ear in ears)
            {
                var members = ear.View is { } view ? string.Join(' ', view.Members.Select(member => member.ClientName).Order(StringComparer.Ordinal)) : "(no view)";
                if (members != expected) run.Violate(this, $"{ear.Name} sees {members}; members are {expected}.");
                else if (ear.View!.Id != ears[0].View?.Id) run.Violate(this, $"{ear.Name} and {ears[0].Name} have different ids of one view.");
            }
        }
    }
}
