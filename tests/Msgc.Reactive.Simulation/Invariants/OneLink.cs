namespace Msgc.Reactive.Simulation.Invariants;

/// <summary>At rest there is one connection between any two servers.</summary>
internal sealed class OneLink() : Invariant("§6 one link per pair")
{
    public override void AtRest(Run run)
    {
        for (var i = 0; i < run.Scenario.Servers; i++)
        {
            for (var j = i + 1; j < run.Scenario.Servers; j++)
            {
                var connections = run.Cluster.Network.ConnectionsBetween(run.Scenario.HostName(i), run.Scenario.HostName(j));
                if (connections != 1) run.Violate(this, $"There are {connections} connections between s{i} and s{j}.");
            }
        }
    }
}
