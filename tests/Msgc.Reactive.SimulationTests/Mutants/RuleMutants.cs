using Msgc.Reactive.Simulation;

namespace Msgc.Reactive.SimulationTests.Mutants;

/// <summary>Queues twice as long as they are said to be.</summary>
internal sealed class DoublesQueues : Mutation
{
    public override MsgcServerOptions Options(MsgcServerOptions options) => options with { MaxBacklog = 2 * options.MaxBacklog };
}

/// <summary>Feeders are held for much longer than is said.</summary>
internal sealed class StallsForLong : Mutation
{
    public override MsgcServerOptions Options(MsgcServerOptions options) => options with { StallTimeout = 4 * options.StallTimeout };
}

/// <summary>A server that is to stop gracefully just dies.</summary>
internal sealed class DiesInsteadOfStopping : Mutation
{
    public override Task StopAsync(TestCluster cluster, int server)
    {
        cluster.Kill(server);
        return Task.CompletedTask;
    }
}

/// <summary>A join is called acknowledged at once.</summary>
internal sealed class AcknowledgesAtOnce : Mutation
{
    public override Task WhenJoinedAsync(MsgcGroup group) => Task.CompletedTask;
}
