using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Testing;

/// <summary>A whole cluster as users of the test kit see it, on each kind of virtual-time scheduler.</summary>
public sealed class TestClusterTests
{
    public static TheoryData<bool> Schedulers => [false, true];

    [Theory]
    [MemberData(nameof(Schedulers))]
    public void Code_under_test_sees_a_partition_and_its_end(bool testScheduler)
    {
        var scheduler = Make(testScheduler);
        using var cluster = new TestCluster(scheduler, servers: 3, seed: 42);
        var near = cluster.Client("near", server: 0);
        var far = cluster.Client("far", server: 2);
        var seen = new List<string>();
        far.Group("x").Select(m => m.Text()).Throttle(TimeSpan.FromSeconds(1), scheduler).Subscribe(seen.Add);
        foreach (var second in (int[])[2, 4, 6, 12])
            cluster.At(TimeSpan.FromSeconds(second), _ => near.Group("x").Publish($"{second}"));
        cluster.At(TimeSpan.FromSeconds(5), c => c.Partition([0], [1, 2]));
        cluster.At(TimeSpan.FromSeconds(9), c => c.Heal());

        scheduler.AdvanceTo(TimeSpan.FromSeconds(11).Ticks);
        Assert.Equal(["2", "4", "6"], seen); // what TCP kept sending arrives after the heal
        scheduler.AdvanceTo(TimeSpan.FromSeconds(60).Ticks);
        Assert.Equal(["2", "4", "6", "12"], seen);
    }

    [Theory]
    [MemberData(nameof(Schedulers))]
    public void Application_code_with_await_lives_in_virtual_time(bool testScheduler)
    {
        var scheduler = Make(testScheduler);
        using var cluster = new TestCluster(scheduler, servers: 2);
        var client = cluster.Client("c", server: 1);
        var heard = new List<string>();
        var run = cluster.Run(async () =>
        {
            client.Group("x").Subscribe(m => heard.Add(m.Text()));
            await client.Group("x").WhenJoinedAsync();
            for (var i = 0; i < 3; i++)
            {
                await client.Group("x").PublishAsync($"{i}".Bytes());
                await Task.Delay(TimeSpan.FromMinutes(1), cluster.TimeProvider);
            }
            await client.FlushAsync();
        });
        scheduler.AdvanceTo(TimeSpan.FromMinutes(2.5).Ticks);
        Assert.Equal((false, 3), (run.IsCompleted, heard.Count));
        scheduler.AdvanceTo(TimeSpan.FromMinutes(3.5).Ticks);
        Assert.True(run.IsCompletedSuccessfully);
    }

    [Fact]
    public void Servers_are_killed_stopped_and_restarted_and_a_client_with_two_goes_on()
    {
        using var cluster = new TestCluster(new VirtualScheduler(), servers: 2);
        var client = cluster.Client("c", [0, 1]);
        var states = new List<string>();
        client.State.Subscribe(s => states.Add($"{s.Phase} {s.ServerName}"));
        cluster.Advance(TimeSpan.FromSeconds(1));
        cluster.Kill(0);
        Assert.Null(cluster.Server(0));
        cluster.Advance(TimeSpan.FromSeconds(10));
        var restarted = cluster.Restart(0);
        Assert.Same(restarted, cluster.Server(0));
        cluster.Advance(TimeSpan.FromSeconds(10));
        var stop = cluster.StopAsync(1);
        cluster.Advance(TimeSpan.FromSeconds(1));
        Assert.True(stop.IsCompletedSuccessfully);
        Assert.Null(cluster.Server(1));
        Assert.Equal(["Connecting ", "Connected s0", "Lost s0", "Connected s1", "Connected s0"], states);
    }

    [Fact]
    public void A_killed_client_ends_and_another_one_takes_its_place()
    {
        using var cluster = new TestCluster(new VirtualScheduler(), servers: 1);
        var watcher = cluster.Client("watcher", server: 0);
        var views = new List<string>();
        watcher.Group("x").Membership.Subscribe(view => views.Add(view.Shown()));
        cluster.Client("c", server: 0).Group("x").Subscribe(_ => { });
        cluster.Advance(TimeSpan.FromSeconds(1));
        cluster.Kill("c");
        cluster.Advance(TimeSpan.FromSeconds(1));
        cluster.Restart("c").Group("x").Subscribe(_ => { });
        cluster.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["+c [c] Current", "-c [] Disconnect", "+c [c] Join"], views[^3..]);
    }

    [Fact]
    public void A_slow_observer_holds_its_own_host_up()
    {
        using var cluster = new TestCluster(new VirtualScheduler(), servers: 1);
        MsgcClient slow = cluster.Client("slow", server: 0), quick = cluster.Client("quick", server: 0);
        var heard = new List<string>();
        slow.Group("x").Subscribe(m =>
        {
            heard.Add($"slow {cluster.Scheduler.Clock / TimeSpan.TicksPerSecond} {m.Text()}");
            cluster.Busy("slow", TimeSpan.FromSeconds(2));
        });
        quick.Group("x").Subscribe(m => heard.Add($"quick {cluster.Scheduler.Clock / TimeSpan.TicksPerSecond} {m.Text()}"));
        for (var i = 1; i <= 3; i++)
        {
            var text = $"{i}";
            cluster.At(TimeSpan.FromSeconds(i), _ => quick.Group("x").Publish(text));
        }
        cluster.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["slow 1 1", "slow 3 2", "slow 3 3"], heard.Where(h => h[0] == 's'));
        Assert.Equal(["quick 1 1", "quick 2 2", "quick 3 3"], heard.Where(h => h[0] == 'q'));
    }

    [Fact]
    public void What_was_heard_while_busy_is_done_when_it_is_idle()
    {
        using var cluster = new TestCluster(new VirtualScheduler(), servers: 1);
        var client = cluster.Client("c", server: 0);
        var heard = 0;
        client.Group("x").Subscribe(_ =>
        {
            if (heard++ == 0) cluster.Busy("c", TimeSpan.FromHours(1));
        });
        cluster.At(TimeSpan.FromSeconds(1), _ => client.Group("x").Publish("1"));
        var other = cluster.Client("other", server: 0);
        cluster.At(TimeSpan.FromSeconds(2), _ => other.Group("x").Publish("2"));
        cluster.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, heard);
        cluster.Idle("c");
        cluster.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, heard);
    }

    [Fact]
    public void Who_is_on_no_side_of_a_partition_reaches_all()
    {
        using var cluster = new TestCluster(new VirtualScheduler(), servers: 3);
        cluster.Advance(TimeSpan.FromSeconds(1));
        cluster.Partition([0], [1]);
        cluster.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal((0, 1, 1), (Links(0, 1), Links(0, 2), Links(1, 2)));
        cluster.Heal();
        cluster.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal((1, 1, 1), (Links(0, 1), Links(0, 2), Links(1, 2)));

        int Links(int one, int other) => LinkStates(cluster, one).Count(p => p.Name == $"s{other}" && p.Phase == MsgcPeerPhase.Linked);
    }

    [Fact]
    public void A_frozen_server_is_noticed_by_its_clients()
    {
        using var cluster = new TestCluster(new VirtualScheduler(), servers: 2);
        var client = cluster.Client("c", [0, 1]);
        cluster.Advance(TimeSpan.FromSeconds(1));
        cluster.Freeze(0);
        MsgcConnectionState? lost = null;
        client.State.Where(s => s.Phase == MsgcConnectionPhase.Lost).Subscribe(s => lost = s);
        cluster.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(MsgcCause.Idle, lost?.Cause);
        cluster.Thaw(0);
        cluster.Advance(TimeSpan.FromMinutes(1));
        Assert.All(LinkStates(cluster, 0), p => Assert.Equal(MsgcPeerPhase.Linked, p.Phase));
    }

    [Theory]
    [InlineData("s1")]
    [InlineData("faults")]
    [InlineData("c")]
    public void A_name_that_is_taken_is_refused(string name)
    {
        using var cluster = new TestCluster(new VirtualScheduler(), servers: 2);
        cluster.Client("c", server: 0);
        var error = Assert.Throws<ArgumentException>(() => cluster.Client(name, server: 0));
        Assert.StartsWith($"The name '{name}' is taken", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_does_not_exist_is_told_with_those_that_do()
    {
        using var cluster = new TestCluster(new VirtualScheduler(), servers: 2);
        cluster.Client("c", server: 0);
        Assert.StartsWith("There is no host 'd': the servers are s0 to s1, the clients c.", Assert.Throws<ArgumentException>(() => cluster.Kill("d")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => cluster.Server(2));
        Assert.Throws<ArgumentException>(() => cluster.Restart("s0"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TestCluster(new VirtualScheduler(), servers: 0));
        cluster.Advance(TimeSpan.FromSeconds(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => cluster.At(TimeSpan.FromSeconds(1), _ => { }));
    }

    private static VirtualTimeSchedulerBase<long, long> Make(bool testScheduler) => testScheduler ? new TestScheduler() : new VirtualScheduler();

    private static IReadOnlyList<MsgcPeerState> LinkStates(TestCluster cluster, int server)
    {
        IReadOnlyList<MsgcPeerState>? states = null;
        using (cluster.Server(server)!.Peers.Subscribe(s => states = s)) cluster.Advance(TimeSpan.FromTicks(10));
        return states!;
    }
}
