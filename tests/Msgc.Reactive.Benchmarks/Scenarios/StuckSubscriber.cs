using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using Msgc.Reactive.Benchmarks.Peers;

namespace Msgc.Reactive.Benchmarks.Scenarios;

/// <summary>One of ten subscribers stops reading for good: what the other nine get before, and once it has been cut off.</summary>
internal sealed class StuckSubscriber : IScenario
{
    private const int Subscribers = 10;

    public string Name => "one of ten subscribers stuck";

    public async Task<IReadOnlyList<(string Name, double Value, string Unit)>> RunAsync(bool quick)
    {
        var time = TimeSpan.FromSeconds(quick ? 1 : 5);
        await using var server = await ServerProcess.StartSelfAsync("msgc");
        string[] servers = [$"127.0.0.1:{server.PublishPort}"];
        var counters = Enumerable.Range(0, Subscribers - 1).Select(_ => new Counter()).ToArray();
        var clients = new List<MsgcClient>();
        foreach (var counter in counters)
        {
            var client = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = servers });
            client.Group("x").Subscribe(_ => counter.Add());
            await client.Group("x").WhenJoinedAsync();
            clients.Add(client);
        }
        using var release = new ManualResetEventSlim();
        using var stick = new ManualResetEventSlim();
        var stuck = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = servers, ReconnectInterval = TimeSpan.FromHours(1) });
        var cut = stuck.State.FirstAsync(state => state.Phase == MsgcConnectionPhase.Lost).ToTask();
        stuck.Group("x").Subscribe(_ =>
        {
            if (stick.IsSet) release.Wait();
        });
        await stuck.Group("x").WhenJoinedAsync();
        var publisher = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = servers });
        using var end = new CancellationTokenSource();
        var publishing = PublishAsync(publisher, end.Token);

        await Counter.RateAsync(counters, time);
        var before = await Counter.RateAsync(counters, time);
        stick.Set();
        var stalled = await Counter.RateAsync(counters, TimeSpan.FromSeconds(3));
        var after = await Counter.RateAsync(counters, time);

        await end.CancelAsync();
        await publishing;
        release.Set();
        await cut.WaitAsync(TimeSpan.FromSeconds(30));
        foreach (var client in clients.Append(stuck).Append(publisher)) client.Dispose();
        return
        [
            ("deliveries of the nine before", before / 1000, "k/s"), ("in the three seconds from when it stuck", stalled / 1000, "k/s"),
            ("once it was cut off", after / 1000, "k/s"), ("ratio after ÷ before", after / before, ""),
        ];
    }

    private static async Task PublishAsync(MsgcClient client, CancellationToken end)
    {
        var payload = new byte[128];
        while (!end.IsCancellationRequested) await client.Group("x").PublishAsync(payload, CancellationToken.None);
    }
}
