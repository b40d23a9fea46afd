namespace Msgc.Reactive.Benchmarks.Serving;

/// <summary>Our server with its default options.</summary>
internal sealed class MsgcServing(MsgcServer server) : IServing
{
    public int Port => server.Endpoints[0].Port;

    public static async Task<IServing> StartAsync() =>
        new MsgcServing(await MsgcServer.StartAsync(new MsgcServerOptions { Listen = ["127.0.0.1:0"], NodeName = "bench" }));

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
