using System.Diagnostics;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using Msgc.Reactive.Benchmarks.Peers;

namespace Msgc.Reactive.Benchmarks.Scenarios;

/// <summary>A server with many clients dies and returns on its port: how long until all are connected and joined again.</summary>
internal sealed class ReconnectStorm : IScenario
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public string Name => "reconnect storm";

    public async Task<IReadOnlyList<(string Name, double Value, string Unit)>> RunAsync(bool quick)
    {
        var clients = new MsgcClient[quick ? 200 : 2000];
        var port = Ports.Take(1)[0];
        var first = await StartAsync(port);
        for (var i = 0; i < clients.Length; i++)
        {
            clients[i] = await MsgcClient.ConnectAsync(new MsgcClientOptions
            {
                Servers = [$"127.0.0.1:{port}"], ReconnectInterval = TimeSpan.FromMilliseconds(500), ReconnectJitter = TimeSpan.FromMilliseconds(250),
            });
            clients[i].Group($"g{i % 100}").Subscribe(_ => { });
            await clients[i].Group($"g{i % 100}").WhenJoinedAsync();
        }

        var lost = clients.Select(client => client.State.FirstAsync(state => state.Phase == MsgcConnectionPhase.Lost).ToTask()).ToArray();
        await first.KillAsync();
        await Task.WhenAll(lost).WaitAsync(Patience);
        var began = Stopwatch.GetTimestamp();
        await using var second = await StartAsync(port);
        var started = Stopwatch.GetElapsedTime(began);
        await Task.WhenAll(clients.Select((client, i) => client.Group($"g{i % 100}").WhenJoinedAsync())).WaitAsync(Patience);
        var joined = Stopwatch.GetElapsedTime(began);
        var processor = second.Cost().Processor;
        foreach (var client in clients) client.Dispose();
        return
        [
            ("clients", clients.Length, ""), ("until the new server listened", started.TotalSeconds, "s"), ("until all had joined again", joined.TotalSeconds, "s"),
            ("server CPU per client", processor.TotalMicroseconds / clients.Length, "µs"),
        ];
    }

    private static Task<ServerProcess> StartAsync(int port) => ServerProcess.StartSelfAsync("msgc", false, "storm", $"storm=127.0.0.1:{port}");
}
