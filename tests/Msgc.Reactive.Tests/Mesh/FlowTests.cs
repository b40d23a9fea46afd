namespace Msgc.Reactive.Tests.Mesh;

/// <summary>Slow and stuck members behind a link: they hold publishers as they would at their own server, and kill no link. (contract, "§5")</summary>
public sealed class FlowTests
{
    [Fact]
    public void Slow_and_stuck_members_behind_a_link_shift_the_others_by_one_stall_per_visit_and_kill_no_link()
    {
        using var cluster = new Cluster(3);
        cluster.Settle();
        MsgcClient slow = cluster.Client("slow", "b"), stuck = cluster.Client("stuck", "b");
        var publishers = Enumerable.Range(0, 4).Select(i => cluster.Client($"p{i}", "a")).ToArray();
        var arrivals = new List<long>();
        var healthy = Member.In(cluster, "healthy", "c");
        using var timing = healthy.Client.Group("x").Subscribe(_ => arrivals.Add(cluster.Scheduler.Clock));
        var (slowSeen, slowGaps) = (0L, 0);
        using var gapsOfSlow = slow.Group("x").Events.Subscribe(e => slowGaps += e.Gap is null ? 0 : 1);
        _ = cluster.Simulation.Run(async () =>
        {
            await foreach (var message in slow.Group("x").ReadAllAsync(capacity: 1))
            {
                // 2,500 messages a second.
                if (++slowSeen % 10 == 0) await Task.Delay(TimeSpan.FromMilliseconds(4), cluster.Simulation.TimeProvider);
            }
        });
        var stuckMember = Watch(stuck);
        cluster.Settle();
        var kills = new List<string>();
        using var states = stuck.State.Subscribe(s => kills.Add($"{s.Phase} {s.Cause}"));
        var published = 0L;
        var publishing = true;
        foreach (var publisher in publishers)
        {
            _ = cluster.Simulation.Run(async () =>
            {
                while (publishing)
                {
                    await publisher.Group("x").PublishAsync(new byte[100]);
                    published++;
                    await Task.Delay(TimeSpan.FromMilliseconds(2), cluster.Simulation.TimeProvider);
                }
            });
        }
        cluster.Advance(2);
        cluster.Network.Mute("stuck", "b");
        cluster.Advance(60);
        cluster.Network.Unmute("stuck", "b");
        cluster.Advance(60);
        publishing = false;
        cluster.Advance(10);

        var shifts = arrivals.Zip(arrivals.Skip(1), (a, b) => TimeSpan.FromTicks(b - a)).Where(d => d > TimeSpan.FromMilliseconds(100)).ToList();
        Assert.InRange(shifts.Count, 0, 1);
        Assert.All(shifts, shift => Assert.InRange(shift, TimeSpan.Zero, TimeSpan.FromSeconds(1.01)));
        Assert.Empty(cluster.Logs.Of(11)); // no link was lost
        Assert.Empty(cluster.Logs.Of(16));
        Assert.True(published > 200_000, $"only {published} were published");
        Assert.Equal((published, published, 0), (arrivals.Count, slowSeen, slowGaps));
        Assert.DoesNotContain(healthy.Events, e => e.Gap is not null);
        Assert.Contains("Lost Idle", kills);
        Assert.Single(cluster.Logs.Of(9)); // stuck, killed at b
        var (seen, skipped, lost) = stuckMember();
        Assert.Equal(1, lost);
        Assert.Equal(published, seen + skipped);
    }

    [Fact]
    public void A_member_behind_a_link_that_drains_a_quarter_per_stall_timeout_loses_nothing_however_fast_the_publisher()
    {
        using var cluster = new Cluster(2);
        cluster.Settle();
        MsgcClient publisher = cluster.Client("p", "a"), member = cluster.Client("m", "b");
        var numbers = new List<long>();
        _ = cluster.Simulation.Run(async () =>
        {
            await foreach (var message in member.Group("x").ReadAllAsync(capacity: 1))
            {
                numbers.Add(message.Number);
                if (numbers.Count % 5 == 0) await Task.Delay(TimeSpan.FromMilliseconds(4), cluster.Simulation.TimeProvider);
            }
        });
        cluster.Settle();
        var published = 0L;
        _ = cluster.Simulation.Run(async () =>
        {
            while (true)
            {
                await publisher.Group("x").PublishAsync(new byte[1000]);
                published++;
            }
        });
        cluster.Advance(60);
        Assert.InRange(numbers.Count, 74_000, 75_100);
        Assert.Equal(Enumerable.Range(1, numbers.Count).Select(n => (long)n), numbers);
        Assert.Empty(cluster.Logs.Of(11));
        Assert.InRange(published - numbers.Count, 5000, 5000 + 2500 + 2500 + 2000); // the publisher's queue, half of both servers', and what the windows hold
    }

    [Fact]
    public void A_link_whose_far_end_reads_nothing_and_does_not_say_so_is_stuck_and_killed()
    {
        using var cluster = new Cluster(2);
        cluster.Settle();
        var publisher = cluster.Client("p", "a");
        var member = Member.In(cluster, "m", "b");
        cluster.Settle();
        member.Forget();
        cluster.Network.Mute("a", "b");
        _ = cluster.Simulation.Run(async () =>
        {
            for (var i = 0; i < 40_000; i++)
            {
                await publisher.Group("x").PublishAsync(new byte[100]);
                if (i % 10 == 0) await Task.Delay(TimeSpan.FromMilliseconds(2), cluster.Simulation.TimeProvider);
            }
        });
        cluster.Advance(10);
        Assert.Contains(cluster.Logs.Of(11), l => l.Text.StartsWith("a lost its link to b", StringComparison.Ordinal) && l.Text.Contains("Backlog", StringComparison.Ordinal));
        Assert.Contains(cluster.Logs.Of(16), l => l.Text.StartsWith("The link to b", StringComparison.Ordinal) && l.Text.Contains("group x", StringComparison.Ordinal));
        cluster.Network.Unmute("a", "b");
        cluster.Advance(40);
        cluster.AssertFullMesh();
        member.AssertNumbersRiseAndSkipsAreTold();
        Assert.Equal(["gap a", "gap a"], member.Gaps().Where(g => g.StartsWith("gap a", StringComparison.Ordinal)));
    }

    [Fact]
    public void Two_servers_whose_members_publish_to_each_other_at_full_speed_go_on()
    {
        using var cluster = new Cluster(2);
        cluster.Settle();
        var seen = new long[2];
        for (var i = 0; i < 2; i++)
        {
            var place = i;
            var client = cluster.Client($"c{i}", cluster.Names[i]);
            client.Group($"to {i}").Subscribe(_ => seen[place]++);
            cluster.Settle();
            _ = cluster.Simulation.Run(async () =>
            {
                while (true) await client.Group($"to {1 - place}").PublishAsync(new byte[200]);
            });
        }
        cluster.Advance(0.04);
        var before = (long[])seen.Clone();
        cluster.Advance(0.04);
        Assert.All(seen.Zip(before), pair => Assert.True(pair.First > pair.Second + 500));
        Assert.Empty(cluster.Logs.Of(11));
    }

    /// <summary>Counts what a member sees, what its gaps count, and its uncounted gaps.</summary>
    private static Func<(long Seen, long Skipped, int Lost)> Watch(MsgcClient client)
    {
        var (seen, skipped, lost) = (0L, 0L, 0);
        client.Group("x").Events.Subscribe(e =>
        {
            if (e.Message is not null) seen++;
            else if (e.Gap is { Count: { } count }) skipped += count;
            else if (e.Gap is not null) lost++;
        });
        return () => (seen, skipped, lost);
    }
}
