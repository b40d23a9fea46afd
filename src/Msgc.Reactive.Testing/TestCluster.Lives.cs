namespace Msgc.Reactive.Testing;

/// <content>Programs that end and begin.</content>
public sealed partial class TestCluster
{
    /// <summary>Kills a server or client, as a killed process ends: its connections break, and it has nothing to say any more.</summary>
    /// <exception cref="ArgumentException">There is no such host.</exception>
    public void Kill(TestHost host)
    {
        var (server, client) = Find(host);
        if (server is { Running: null } || client is { Running: null }) return;
        _lanes.Add(host.Name, TimelineMark.Kill);
        Network.Break(host.Name);
        server?.End();
        client?.End();
        _frozen.Remove(host.Name);
        Idle(host); // what it still has to do, its own end included, it does now
    }

    /// <summary>Stops a server gracefully; completes when it has stopped. (contract, "§6")</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such server.</exception>
    public Task StopAsync(int server)
    {
        var program = ServerOf(server);
        if (program.Running is null) return Task.CompletedTask;
        _lanes.Add(program.Name, TimelineMark.Stop, null, "stopping");
        return _simulation.Run(program.StopAsync);
    }

    /// <summary>Starts a server that was killed or stopped; kills it first when it runs.</summary>
    /// <returns>The server, a new incarnation.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such server.</exception>
    public MsgcServer Restart(int server)
    {
        var program = ServerOf(server);
        Kill(server);
        return Start(program);
    }

    /// <summary>Starts a client that was killed, with its options and without its subscriptions; kills it first when it runs.</summary>
    /// <returns>The client, a new one with an id of its own.</returns>
    /// <exception cref="ArgumentException">There is no such client.</exception>
    public MsgcClient Restart(string client)
    {
        if (Find(client) is not (_, { } program)) throw new ArgumentException($"'{client}' is a server; restart it by its index.", nameof(client));
        Kill(client);
        return Start(program);
    }

    private (Cluster.ServerProgram? Server, Cluster.ClientProgram? Client) Find(TestHost host)
    {
        if (_clients.TryGetValue(host.Name, out var client)) return (null, client);
        if (Array.Find(_servers, server => server.Name == host.Name) is { } found) return (found, null);
        throw new ArgumentException(
            $"There is no host '{host}': the servers are s0 to s{_servers.Length - 1}{(_clients.Count > 0 ? $", the clients {string.Join(", ", _clients.Keys)}" : "")}.", nameof(host));
    }
}
