namespace Msgc.Reactive.Simulation.Invariants;

/// <summary>Of what was disposed nothing is left: connections, scheduled work, pooled blocks.</summary>
internal sealed class NoLeak() : Invariant("no leak")
{
    public override void AtEnd(Run run)
    {
        if (run.Cluster.Network.Connections > 0) run.Violate(this, $"{run.Cluster.Network.Connections} connections are left.");
        if (run.Scheduler.Outstanding > 0) run.Violate(this, $"{run.Scheduler.Outstanding} actions are still scheduled.");
        foreach (var server in run.Servers.Where(server => server.Pool.Outstanding > 0))
            run.Violate(this, $"{server.NodeName} has not given back {server.Pool.Outstanding} blocks.");
        foreach (var life in run.Lives.Where(life => life.Client.Pool.Outstanding > 0))
            run.Violate(this, $"{life.Actor.Name} has not given back {life.Client.Pool.Outstanding} blocks.");
    }
}
