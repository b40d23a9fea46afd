namespace Msgc.Reactive.Simulation.Invariants;

/// <summary>No queue is longer than its limits, at servers and clients.</summary>
internal sealed class QueueLimits() : Invariant("§5 queues within both limits")
{
    public override void Glance(Run run)
    {
        var rules = run.Scenario.Rules;
        for (var i = 0; i < run.Cluster.ServerCount; i++)
        {
            if (run.Cluster.Server(i) is not { } server) continue;
            foreach (var session in server.Sessions)
            {
                var used = session.Outbox.Used;
                if (used.Messages > rules.MaxBacklog || used.Bytes > server.Options.MaxBacklogBytes)
                    run.Violate(this, $"At {server.NodeName} {used.Messages} messages of {used.Bytes} bytes are queued for {session.FarEnd?.Name}; {rules.MaxBacklog} are the limit.");
            }
        }
        foreach (var life in run.Actors.Select(actor => actor.Life).Where(life => !life.IsDead))
        {
            if (life.Client.Queued.Messages > rules.MaxBacklog)
                run.Violate(this, $"{life.Client.Queued.Messages} messages are queued at {life.Actor.Name}; {rules.MaxBacklog} are the limit.");
        }
    }
}
