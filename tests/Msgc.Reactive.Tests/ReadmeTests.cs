using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Text;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests;

/// <summary>What README.md shows under "Testing your code", as it stands there.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void Testing_your_code()
    {
        var scheduler = new VirtualScheduler();
        using var cluster = new TestCluster(scheduler, servers: 3, seed: 42);
        var near = cluster.Client("near", server: 0);
        var far  = cluster.Client("far",  servers: [2, 1]);

        var seen = new List<string>();
        far.Group("x").Select(Text).Throttle(TimeSpan.FromSeconds(1), scheduler).Subscribe(seen.Add);   // the code under test

        cluster.At(TimeSpan.FromSeconds(2), c => near.Group("x").OnNext("hello"u8.ToArray()));
        cluster.At(TimeSpan.FromSeconds(5), c => c.Partition([0], [1, 2]));
        cluster.At(TimeSpan.FromSeconds(7), c => near.Group("x").OnNext("late"u8.ToArray()));
        cluster.At(TimeSpan.FromSeconds(9), c => c.Heal());
        scheduler.AdvanceTo(TimeSpan.FromSeconds(12).Ticks);

        Assert.Equal(["hello", "late"], seen);
        Console.WriteLine(cluster.Timeline.ToString(72));        // marbles, a lane for each server and client
    }

    private static string Text(MsgcMessage message) => Encoding.UTF8.GetString(message.Payload.Span);
}
