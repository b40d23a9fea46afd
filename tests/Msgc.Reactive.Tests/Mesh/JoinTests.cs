using System.Reactive.Linq;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Mesh;

/// <summary>An acknowledged join is cluster-wide. (contract, "§4")</summary>
public sealed class JoinTests
{
    [Fact]
    public void What_is_published_anywhere_after_the_acknowledgement_arrives()
    {
        using var cluster = new Cluster(5);
        cluster.Network.SetLatency(SimulatedLatency.Uniform(TimeSpan.Zero, TimeSpan.FromMilliseconds(3)));
        var publishers = cluster.Names.Select(name => cluster.Client($"p{name}", name)).ToArray();
        var member = cluster.Client("m", "c");
        cluster.Settle();
        for (var round = 0; round < 30; round++)
        {
            var group = $"g{round}";
            var seen = new HashSet<MsgcClientId>();
            using var subscription = member.Group(group).Subscribe(m => seen.Add(m.Sender));
            var joined = member.Group(group).WhenJoinedAsync();
            while (!joined.IsCompleted) cluster.Advance(0.0001);
            foreach (var publisher in publishers) publisher.Group(group).Publish("after");
            cluster.Settle();
            Assert.Equal(5, seen.Count);
        }
    }

    [Fact]
    public void Joins_that_race_publishes_from_all_servers_miss_nothing_after_their_acknowledgement_and_nothing_twice()
    {
        using var cluster = new Cluster(4);
        cluster.Network.SetLatency(SimulatedLatency.Uniform(TimeSpan.Zero, TimeSpan.FromMilliseconds(2)));
        var publishers = cluster.Names.Select(name => cluster.Client($"p{name}", name)).ToArray();
        var member = cluster.Client("m", "b");
        cluster.Settle();
        var published = new long[4];
        _ = cluster.Simulation.Run(async () =>
        {
            for (var i = 0; i < 4000; i++)
            {
                var at = i % 4;
                await publishers[at].Group("x").PublishAsync("1".Bytes());
                published[at]++;
                await Task.Delay(TimeSpan.FromMilliseconds(1), cluster.Simulation.TimeProvider);
            }
        });
        for (var round = 0; round < 10; round++)
        {
            var numbers = publishers.ToDictionary(p => p.Id, _ => new List<long>());
            var gaps = 0;
            using (member.Group("x").Events.Subscribe(e =>
            {
                if (e.Gap is not null) gaps++;
                if (e.TryGetMessage(out var m)) numbers[m.Sender].Add(m.Number);
            }))
            {
                var joined = member.Group("x").WhenJoinedAsync();
                while (!joined.IsCompleted) cluster.Advance(0.0001);
                var since = (long[])published.Clone();
                cluster.Advance(0.2);
                for (var i = 0; i < 4; i++)
                {
                    var seen = numbers[publishers[i].Id];
                    Assert.Equal(Enumerable.Range((int)seen[0], seen.Count).Select(n => (long)n), seen);
                    Assert.True(seen[0] <= since[i] + 1, $"the first is {seen[0]}, and {since[i]} were published before the acknowledgement");
                }
                Assert.Equal(0, gaps);
            }
        }
    }

    [Fact]
    public void A_join_waits_for_a_half_open_link_until_that_is_given_up()
    {
        using var cluster = new Cluster(3);
        cluster.Advance(1);
        var member = cluster.Client("m", "a");
        cluster.Settle();
        cluster.Network.Mute("a", "c");
        using var subscription = member.Group("x").Subscribe(_ => { });
        var joined = member.Group("x").WhenJoinedAsync();
        cluster.Advance(28);
        Assert.False(joined.IsCompleted);
        cluster.Advance(2.1);
        Assert.True(joined.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_join_made_while_a_link_comes_up_waits_for_it_and_is_heard_there()
    {
        // The joins come at every moment of the handshake and of the summary.
        for (var step = 0; step < 30; step++)
        {
            using var cluster = new Cluster(2, start: false, seed: (ulong)step + 1);
            cluster.Network.SetLatency(TimeSpan.FromMilliseconds(1));
            cluster.Start("a");
            var member = cluster.Client("m", "a");
            for (var i = 0; i < 500; i++) member.Group($"other {i}").Subscribe(_ => { });
            cluster.Settle();
            cluster.Start("b");
            var publisher = cluster.Client("p", "b");
            cluster.Advance(step * 0.0004);
            var (seen, gaps) = (new List<long>(), 0);
            using var subscription = member.Group("x").Events.Subscribe(e =>
            {
                if (e.Gap is not null) gaps++;
                if (e.TryGetMessage(out var m)) seen.Add(m.Number);
            });
            var joined = member.Group("x").WhenJoinedAsync();
            var published = 0L;
            while (!joined.IsCompleted)
            {
                publisher.Group("x").Publish("1");
                published++;
                cluster.Advance(0.0002);
            }
            var since = published;
            for (var i = 0; i < 200; i++)
            {
                publisher.Group("x").Publish("1");
                published++;
                cluster.Advance(0.0002);
            }
            cluster.Settle();
            Assert.Equal("b Linked", cluster.PeersOf("a"));
            Assert.Equal(published, seen[^1]);
            Assert.Equal(Enumerable.Range((int)seen[0], seen.Count).Select(n => (long)n), seen);
            Assert.True(seen[0] <= since + 1 || gaps > 0, $"step {step}: the first is {seen[0]} of {since} before the acknowledgement, and there was no gap");
        }
    }

    [Fact]
    public void A_join_during_a_partition_is_acknowledged_on_this_side_and_has_its_gaps_at_once_and_when_it_heals()
    {
        using var cluster = new Cluster(4);
        cluster.Settle();
        foreach (var near in (string[])["a", "b"])
        {
            foreach (var far in (string[])["c", "d"]) cluster.Network.Mute(near, far);
        }
        cluster.Advance(40);
        var member = cluster.Client("m", "a");
        var events = new List<string>();
        using var subscription = member.Group("x").Events.Where(e => e.View is null).Subscribe(e => events.Add(e.Told()));
        var joined = member.Group("x").WhenJoinedAsync();
        cluster.Settle();
        Assert.True(joined.IsCompletedSuccessfully);
        MsgcClient near1 = cluster.Client("near", "b"), far1 = cluster.Client("far", "c");
        cluster.Settle();
        near1.Group("x").Publish("near");
        far1.Group("x").Publish("lost");
        cluster.Settle();
        Assert.Equal(["gap ", "near"], events);
        foreach (var near in (string[])["a", "b"])
        {
            foreach (var far in (string[])["c", "d"]) cluster.Network.Unmute(near, far);
        }
        cluster.Advance(10);
        cluster.AssertFullMesh();
        far1.Group("x").Publish("found");
        cluster.Settle();
        Assert.Equal(["gap ", "near"], events[..2]);
        Assert.Equal(["gap c", "gap d"], events[2..^1].Order());
        Assert.Equal("found", events[^1]);
    }

    [Fact]
    public void A_join_while_a_link_is_away_begins_with_a_gap_ahead_of_a_sender_that_comes_over_from_there()
    {
        using var cluster = new Cluster(2);
        cluster.Settle();
        cluster.Network.Mute("a", "b");
        cluster.Advance(40);
        var member = cluster.Client("m", "a");
        var events = new List<string>();
        using var subscription = member.Group("x").Events.Where(e => e.View is null).Subscribe(e => events.Add(e.Told()));
        var sender = cluster.Client("sender", "b", "a");
        cluster.Settle();
        sender.Group("x").Publish("lost");
        cluster.Settle();
        cluster.Network.Break("sender", "b");
        cluster.Settle();
        sender.Group("x").Publish("heard");
        cluster.Settle();
        Assert.Equal(["gap ", "heard"], events);
    }

    [Fact]
    public void A_leave_before_the_acknowledgement_and_a_join_again_are_all_answered()
    {
        using var cluster = new Cluster(3);
        cluster.Network.SetLatency("a", "b", TimeSpan.FromMilliseconds(5));
        var member = cluster.Client("m", "a");
        cluster.Settle();
        for (var i = 0; i < 20; i++)
        {
            var first = member.Group("x").Subscribe(_ => { });
            var given = member.Group("x").WhenJoinedAsync();
            cluster.Advance(i * 0.0005);
            first.Dispose();
            using var second = member.Group("x").Subscribe(_ => { });
            var joined = member.Group("x").WhenJoinedAsync();
            cluster.Advance(0.1);
            Assert.True(joined.IsCompletedSuccessfully, $"round {i}");
            Assert.True(given.IsCompleted);
        }
    }
}
