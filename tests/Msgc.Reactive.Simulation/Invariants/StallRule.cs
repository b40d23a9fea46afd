using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Simulation.Invariants;

/// <summary>
/// No queue holds its feeders for longer than a StallTimeout between two visits to its quarter. And no member that drains a quarter of its
/// limits in each is killed: without any other disturbance there is no gap.
/// </summary>
internal sealed class StallRule() : Invariant("§5 stall rule")
{
    private readonly Dictionary<Outbox, (int Stall, long Since)> _stalls = [];
    private readonly HashSet<Outbox> _seen = [];

    public override void Glance(Run run)
    {
        _seen.Clear();
        for (var i = 0; i < run.Cluster.ServerCount; i++)
        {
            if (run.Cluster.Server(i) is not { } server || run.IsStill(server.NodeName)) continue;
            foreach (var session in server.Sessions.Where(session => session.Client is not null)) Look(run, server, session);
        }
        foreach (var gone in _stalls.Keys.Where(outbox => !_seen.Contains(outbox)).ToList()) _stalls.Remove(gone);
    }

    private void Look(Run run, MsgcServer server, ServerSession session)
    {
        var stall = session.Outbox.StallUnderWay;
        if (stall == 0) return;
        _seen.Add(session.Outbox);
        if (!_stalls.TryGetValue(session.Outbox, out var known) || known.Stall != stall) _stalls[session.Outbox] = (stall, run.Now);
        else if (run.Now - known.Since > run.Scenario.Rules.StallTimeout.Ticks)
            run.Violate(this, $"The queue of {session.FarEnd?.Name} at {server.NodeName} has held its feeders since {known.Since / 1e7:f4}.");
    }
}
