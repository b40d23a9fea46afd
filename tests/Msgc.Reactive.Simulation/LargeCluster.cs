using System.Diagnostics;
using System.Reactive.Linq;

namespace Msgc.Reactive.Simulation;

/// <summary>A large cluster in fine weather: how long a virtual hour of it takes, with one publish a minute and client.</summary>
internal sealed class LargeCluster(int servers, int clients)
{
    private const int MembersPerGroup = 100;

    public void Run(TextWriter output)
    {
        var watch = Stopwatch.StartNew();
        var scheduler = new VirtualScheduler();
        using var cluster = new TestCluster(scheduler, servers, seed: 1);
        var deliveries = 0L;
        for (var i = 0; i < clients; i++)
        {
            var group = cluster.Client($"c{i}", server: i % servers).Group($"g{i / MembersPerGroup}");
            group.Subscribe(_ => deliveries++);
            // Not all of them on one tick.
            Observable.Timer(TimeSpan.FromSeconds(5 + (60.0 * i / clients)), TimeSpan.FromMinutes(1), scheduler).Subscribe(_ => group.OnNext("tick"u8.ToArray()));
        }
        scheduler.AdvanceTo(TimeSpan.FromHours(1).Ticks);
        var links = 0;
        for (var i = 0; i < servers; i++)
        {
            for (var j = i + 1; j < servers; j++) links += cluster.Network.ConnectionsBetween($"s{i}", $"s{j}");
        }
        output.WriteLine($"{servers} servers with {links} links, {clients} clients, one virtual hour with {deliveries} deliveries in {watch.Elapsed.TotalSeconds:f1} s");
    }
}
