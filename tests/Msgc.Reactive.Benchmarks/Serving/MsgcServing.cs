using System.Reactive.Linq;

namespace Msgc.Reactive.Benchmarks.Serving;

/// <summary>Our server with its default options, alone or one of a mesh.</summary>
internal sealed class MsgcServing(MsgcServer server) : IServing
{
    public int Port => server.Endpoints[0].Port;

    public static async Task<IServing> StartAsync() =>
        new MsgcServing(await MsgcServer.StartAsync(new MsgcServerOptions { Listen = ["127.0.0.1:0"], NodeName = "bench" }));

    /// <summary>Starts one of a mesh, and waits until it is linked to all others.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="peers">All servers, itself too, as <c>name=endpoint</c>.</param>
    public static async Task<IServing> StartAsync(string name, IEnumerable<string> peers)
    {
        var server = await MsgcServer.StartAsync(new MsgcServerOptions
        {
            NodeName = name, Peers = peers.Select(peer => peer.Split('=')).ToDictionary(peer => peer[0], peer => peer[1]), ReconnectInterval = TimeSpan.FromMilliseconds(100),
        });
        await server.Peers.FirstAsync(all => all.All(peer => peer.Phase == MsgcPeerPhase.Linked));
        return new MsgcServing(server);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
