using Msgc.Reactive.Benchmarks.Peers;

namespace Msgc.Reactive.Benchmarks.Scenarios;

/// <summary>Connections on which nothing flows but no-ops: what each of them costs a server.</summary>
internal sealed class IdleConnections : IScenario
{
    public string Name => "idle connections";

    public async Task<IReadOnlyList<(string Name, double Value, string Unit)>> RunAsync(bool quick)
    {
        var clients = new MsgcClient[quick ? 1000 : 10_000];
        var time = TimeSpan.FromSeconds(quick ? 6 : 30);
        await using var server = await ServerProcess.StartSelfAsync("msgc");
        var options = new MsgcClientOptions { Servers = [$"127.0.0.1:{server.PublishPort}"] };
        await (await MsgcClient.ConnectAsync(options)).DisposeAsync(); // what the first one needs is no other one's
        var before = server.Cost();
        for (var i = 0; i < clients.Length; i++) clients[i] = await MsgcClient.ConnectAsync(options);
        await Task.Delay(TimeSpan.FromSeconds(6)); // one no-op for each, at least
        var connected = server.Cost();
        await Task.Delay(TimeSpan.FromSeconds(14)); // until what a no-op runs through is compiled for good, as in a server that idles for days
        var settled = server.Cost();
        await Task.Delay(time);
        var after = server.Cost();
        foreach (var client in clients) client.Dispose();
        return
        [
            ("connections", clients.Length, ""), ("resident memory each", (after.ResidentBytes - before.ResidentBytes) / 1024.0 / clients.Length, "KB"),
            ("allocated each", (connected.Allocated - before.Allocated) / 1024.0 / clients.Length ?? 0, "KB"), ("of one core", 100 * (after.Processor - settled.Processor) / time, "%"),
        ];
    }
}
