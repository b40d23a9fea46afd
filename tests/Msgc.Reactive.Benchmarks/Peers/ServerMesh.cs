namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>Servers of one mesh, each in a process of its own: publishers are at the first, subscribers at the second, nobody at the others.</summary>
internal sealed class ServerMesh : IServers
{
    public const int Servers = 3;

    private readonly ServerProcess[] _servers;

    private ServerMesh(ServerProcess[] servers) => _servers = servers;

    public int PublishPort => _servers[0].PublishPort;

    public int SubscribePort => _servers[1].SubscribePort;

    /// <summary>Starts them all at once; null when there is no such program.</summary>
    /// <param name="start">Starts one.</param>
    public static async Task<IServers?> StartAsync(Func<int, Task<ServerProcess?>> start)
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, Servers).Select(start));
        return servers.Contains(null) ? null : new ServerMesh(servers!);
    }

    public ServerCost Cost()
    {
        ServerCost[] costs = [.. _servers.Select(server => server.Cost())];
        var allocated = costs.Aggregate((long?)0, (sum, cost) => sum + cost.Allocated);
        return new ServerCost(allocated, costs.Aggregate(TimeSpan.Zero, (sum, cost) => sum + cost.Processor), costs.Max(cost => cost.PeakBytes), costs.Max(cost => cost.ResidentBytes));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
    }
}
