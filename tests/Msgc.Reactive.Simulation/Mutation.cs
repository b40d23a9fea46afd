using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Simulation;

/// <summary>
/// Where a test puts a wrong component in place of a right one, to see that the invariants notice. This one changes nothing.
/// </summary>
internal class Mutation
{
    public static Mutation None { get; } = new();

    /// <summary>The transport that a server or client is given.</summary>
    public virtual IMsgcTransport Transport(string host, IMsgcTransport transport, Run run) => transport;

    /// <summary>The options that a server is given.</summary>
    public virtual MsgcServerOptions Options(MsgcServerOptions options) => options;

    /// <summary>What an ear subscribes to.</summary>
    public virtual IObservable<MsgcGroupEvent> Observe(IObservable<MsgcGroupEvent> events, Run run) => events;

    /// <summary>When a join is acknowledged.</summary>
    public virtual Task WhenJoinedAsync(MsgcGroup group) => group.WhenJoinedAsync();

    /// <summary>How a server is stopped gracefully.</summary>
    public virtual Task StopAsync(TestCluster cluster, int server) => cluster.StopAsync(server);
}
