using System.Reactive.Linq;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Mesh;

/// <summary>Servers that stop gracefully: nothing accepted is lost for clients with a second server. (contract, "§6")</summary>
public sealed class DrainTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_rolling_restart_under_load_loses_nothing_and_duplicates_nothing(int seed)
    {
        using var cluster = new Cluster(3, seed: (ulong)seed);
        cluster.Network.SetLatency(SimulatedLatency.Uniform(TimeSpan.Zero, TimeSpan.FromMilliseconds(seed)));
        cluster.Settle();
        var members = new List<Member>();
        foreach (var (first, second) in (ReadOnlySpan<(string, string)>)[("a", "b"), ("b", "c"), ("c", "a")])
        {
            for (var i = 0; i < 3; i++) members.Add(Member.In(cluster, $"m{first}{i}", first, second));
        }
        cluster.Settle();
        foreach (var member in members) member.Forget();
        var publishing = true;
        foreach (var member in members) _ = cluster.Simulation.Run(() => PublishAsync(cluster, member.Client, () => publishing));
        foreach (var name in cluster.Names)
        {
            cluster.Advance(2);
            var stop = cluster.Servers[name].StopAsync();
            while (!stop.IsCompleted) cluster.Advance(0.01);
            cluster.Start(name);
            cluster.Advance(1);
            cluster.AssertFullMesh();
        }
        cluster.Advance(2);
        publishing = false;
        cluster.Advance(1);
        var flushes = members.Select(m => m.Client.FlushAsync()).ToArray();
        cluster.Settle();
        Assert.All(flushes, flush => Assert.True(flush.IsCompletedSuccessfully));
        var sent = members.ToDictionary(m => m.Client.Id, m => m.Events.Where(e => e.Message?.Sender == m.Client.Id).Max(e => e.Message!.Value.Number));
        foreach (var member in members)
        {
            Assert.DoesNotContain(member.Events, e => e.Gap is { Cause: MsgcGapCause.Skip or MsgcGapCause.ConnectionLost or MsgcGapCause.Overflow });
            foreach (var (sender, last) in sent)
            {
                var numbers = member.Events.Where(e => e.Message?.Sender == sender).Select(e => e.Message!.Value.Number).ToList();
                Assert.Equal(Enumerable.Range(1, (int)last).Select(n => (long)n), numbers);
            }
        }
        Assert.All(sent.Values, last => Assert.True(last > 300));
    }

    [Fact]
    public void A_completed_drain_makes_no_gap_and_ends_within_a_few_round_trips()
    {
        using var cluster = new Cluster(3);
        cluster.Settle();
        Member moving = Member.In(cluster, "moving", "a", "b"), staying = Member.In(cluster, "staying", "c");
        cluster.Settle();
        moving.Forget();
        staying.Forget();
        var states = new List<string>();
        using var watching = moving.Client.State.Skip(1).Subscribe(s => states.Add($"{s.Phase} {s.ServerName}"));
        var stop = cluster.Servers["a"].StopAsync();
        cluster.Settle();
        Assert.True(stop.IsCompletedSuccessfully);
        Assert.Empty(moving.Gaps());
        Assert.Empty(staying.Gaps());
        Assert.Equal(["Connected b"], states);
        Assert.Equal("a Lost Draining, c Linked", cluster.PeersOf("b"));
    }

    [Fact]
    public void A_move_away_from_a_draining_server_is_one_view_with_the_new_server_and_nobody_joined_or_left()
    {
        using var cluster = new Cluster(3);
        cluster.Settle();
        Member moving = Member.In(cluster, "moving", "a", "b"), watcher = Member.In(cluster, "watcher", "c"), host = Member.In(cluster, "host", "b");
        cluster.Settle();
        var all = (Member[])[moving, watcher, host];
        foreach (var member in all) member.Forget();
        _ = cluster.Servers["a"].StopAsync();
        cluster.Advance(1);
        foreach (var member in all)
        {
            var view = Assert.Single(member.Events).View!;
            Assert.Equal((MsgcViewCause.Shutdown, 0, 0), (view.Cause, view.Joined.Count, view.Left.Count));
            Assert.Equal("b", view.Members.Single(m => m.ClientName == "moving").ServerName);
        }
    }

    [Fact]
    public void A_client_without_another_server_takes_what_is_queued_for_it_and_its_members_leave_with_the_server()
    {
        using var cluster = new Cluster(2);
        cluster.Settle();
        Member only = Member.In(cluster, "only", "a"), watcher = Member.In(cluster, "watcher", "b");
        var publisher = cluster.Client("p", "b");
        cluster.Settle();
        only.Forget();
        watcher.Forget();
        for (var i = 0; i < 500; i++) publisher.Group("x").Publish($"{i}");
        cluster.Advance(0.0003); // on the way
        var stop = cluster.Servers["a"].StopAsync();
        cluster.Advance(0.5);
        Assert.True(stop.IsCompletedSuccessfully);
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), only.Texts());
        Assert.Equal(["gap a"], only.Gaps());
        Assert.Equal(["-only [watcher] Shutdown"], watcher.Events.Where(e => e.View is not null).Select(e => e.Shown()));
    }

    [Fact]
    public void A_move_has_its_cause_also_where_the_client_is_there_before_the_news_that_its_server_stops()
    {
        using var cluster = new Cluster(3);
        cluster.Settle();
        foreach (var far in (string[])["b", "c"]) cluster.Network.SetLatency("a", far, TimeSpan.FromMilliseconds(300));
        Member.In(cluster, "moving", "a", "b");
        Member[] watchers = [Member.In(cluster, "at b", "b"), Member.In(cluster, "at c", "c")];
        cluster.Advance(2);
        foreach (var watcher in watchers) watcher.Forget();
        _ = cluster.Servers["a"].StopAsync();
        cluster.Advance(5);
        foreach (var watcher in watchers)
        {
            var view = Assert.Single(watcher.Events, e => e.View is not null).View!;
            Assert.Equal((MsgcViewCause.Shutdown, "b"), (view.Cause, view.Members.Single(m => m.ClientName == "moving").ServerName));
        }
        cluster.Servers.Remove("a");
    }

    [Fact]
    public void A_drain_that_does_not_complete_ends_by_its_timeout_and_is_told_as_a_gap()
    {
        using var cluster = new Cluster(2, o => o with { DrainTimeout = TimeSpan.FromSeconds(3) });
        cluster.Settle();
        Member mute = Member.In(cluster, "mute", "a"), other = Member.In(cluster, "other", "b");
        cluster.Settle();
        other.Forget();
        cluster.Network.Mute("mute", "a");
        var stop = cluster.Servers["a"].StopAsync();
        cluster.Advance(2.9);
        Assert.False(stop.IsCompleted);
        cluster.Advance(0.2);
        Assert.True(stop.IsCompletedSuccessfully);
        Assert.Equal(["gap a"], other.Gaps());
        cluster.Network.Unmute("mute", "a");
    }

    [Fact]
    public void Two_servers_that_drain_at_once_both_stop_and_their_clients_are_on_the_third()
    {
        using var cluster = new Cluster(3);
        cluster.Settle();
        Member one = Member.In(cluster, "one", "a", "b", "c"), two = Member.In(cluster, "two", "b", "a", "c"), rest = Member.In(cluster, "rest", "c");
        cluster.Settle();
        var publishing = true;
        foreach (var member in (Member[])[one, two, rest]) _ = cluster.Simulation.Run(() => PublishAsync(cluster, member.Client, () => publishing));
        cluster.Advance(1);
        var stops = (Task[])[cluster.Servers["a"].StopAsync(), cluster.Servers["b"].StopAsync()];
        cluster.Advance(11);
        Assert.All(stops, stop => Assert.True(stop.IsCompletedSuccessfully));
        publishing = false;
        cluster.Settle();
        one.Client.Group("x").Publish("from one");
        cluster.Settle();
        Assert.Equal("from one", rest.Texts()[^1]);
        Assert.Equal("from one", two.Texts()[^1]);
        foreach (var member in (Member[])[one, two, rest]) member.AssertNumbersRiseAndSkipsAreTold();
        Assert.DoesNotContain(rest.Events, e => e.Gap is { Count: not null });
    }

    [Fact]
    public void A_flush_on_a_draining_server_is_answered_when_all_peers_have_handled_what_was_published()
    {
        using var cluster = new Cluster(2);
        cluster.Settle();
        cluster.Network.SetLatency("b", "a", TimeSpan.FromMilliseconds(50));
        var publisher = cluster.Client("p", o => o with { DrainTimeout = TimeSpan.FromSeconds(5) }, "a");
        var member = Member.In(cluster, "m", "b");
        cluster.Advance(1);
        for (var i = 0; i < 100; i++) publisher.Group("x").Publish($"{i}");
        var stop = cluster.Servers["a"].StopAsync();
        cluster.Advance(0.04);
        Assert.False(stop.IsCompleted);
        cluster.Advance(0.3);
        Assert.True(stop.IsCompletedSuccessfully);
        Assert.Equal(100, member.Texts().Count);
    }

    [Fact]
    public void A_peer_that_is_lost_in_the_midst_of_a_drain_does_not_hold_it_up()
    {
        using var cluster = new Cluster(3);
        cluster.Settle();
        var moving = Member.In(cluster, "moving", "a", "b");
        cluster.Settle();
        moving.Forget();
        cluster.Network.Mute("a", "c");
        var stop = cluster.Servers["a"].StopAsync();
        cluster.Advance(2);
        Assert.False(stop.IsCompleted);
        cluster.Network.Break("a", "c");
        cluster.Settle();
        Assert.True(stop.IsCompletedSuccessfully);
        Assert.Equal(["gap c"], moving.Gaps());
    }

    [Fact]
    public void A_join_behind_a_leave_that_waits_for_the_peers_is_answered_after_it_and_stands()
    {
        using var cluster = new Cluster(2);
        cluster.Settle();
        var publisher = cluster.Client("p", "b");
        var tap = new Sessions.Tap(cluster.Scheduler).Dial(cluster.Network.Host("raw"), "a:4809");
        tap.Send(Sessions.Raw.Hello().Write(), Sessions.Raw.Named(FrameKind.Join, "x"));
        cluster.Settle();
        var stop = cluster.Servers["a"].StopAsync();
        cluster.Advance(0.001);
        tap.Send(Sessions.Raw.Named(FrameKind.Leave, "x"), Sessions.Raw.Named(FrameKind.Join, "x"));
        cluster.Settle();
        Assert.Equal("Welcome JoinAck Draining LeaveAck JoinAck", string.Join(' ', tap.Frames.Select(f => f.Kind)));
        publisher.Group("x").Publish("heard");
        cluster.Settle();
        Assert.Equal(FrameKind.Message, tap.Frames[^1].Kind);
        tap.Close();
        cluster.Settle();
        Assert.True(stop.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_client_that_asks_a_draining_server_without_end_waits_itself()
    {
        using var cluster = new Cluster(2, o => o with { IdleTimeout = TimeSpan.FromMinutes(2) });
        cluster.Network.WindowBytes = 2048;
        cluster.Settle();
        var tap = new Sessions.Tap(cluster.Scheduler).Dial(cluster.Network.Host("raw"), "a:4809");
        tap.Send(Sessions.Raw.Hello().Write());
        cluster.Settle();
        cluster.Network.Mute("a", "b"); // no round comes back
        var stop = cluster.Servers["a"].StopAsync();
        for (var i = 0UL; i < 20_000; i++) tap.Send(Frames.Number(FrameKind.Flush, i));
        cluster.Advance(1);
        Assert.Equal(0, tap.Of(FrameKind.FlushAck).Count());
        Assert.True(tap.Unsent > 18_000, $"{20_000 - tap.Unsent} were read"); // 1,024 answers are owed, and no more is read
        cluster.Network.Unmute("a", "b");
        cluster.Advance(8);
        Assert.InRange(cluster.Servers["a"].Pool.Outstanding, 0, 8);
        Assert.Equal(Enumerable.Range(0, tap.Of(FrameKind.FlushAck).Count()).Select(i => (ulong)i), tap.Of(FrameKind.FlushAck).Select(f => f.Number));
        Assert.Equal(20_000, tap.Of(FrameKind.FlushAck).Count());
        tap.Close();
        cluster.Settle();
        Assert.True(stop.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_server_that_goes_mute_while_it_drains_withholds_what_the_next_one_brings_for_the_drain_timeout_only()
    {
        using var cluster = new Cluster(2, o => o with { DrainTimeout = TimeSpan.FromMinutes(1) });
        cluster.Settle();
        var moving = Member.In(cluster, "moving", "a", "b");
        var publisher = cluster.Client("p", "b");
        cluster.Settle();
        moving.Forget();
        var stop = cluster.Servers["a"].StopAsync();
        cluster.Advance(0.0005); // the notice has come, and the client is on its way to b
        cluster.Network.Mute("a", "moving");
        cluster.Advance(1);
        publisher.Group("x").Publish("held");
        cluster.Advance(8);
        Assert.Empty(moving.Texts());
        cluster.Advance(2);
        Assert.Equal(["held"], moving.Texts());
        Assert.Equal(["gap a"], moving.Gaps());
        cluster.Network.Unmute("a", "moving");
        cluster.Advance(60);
        Assert.True(stop.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(400)]
    public void A_move_is_one_view_also_where_the_news_of_the_next_server_comes_late(int milliseconds)
    {
        using var cluster = new Cluster(3);
        cluster.Settle();
        cluster.Network.SetLatency("b", "c", TimeSpan.FromMilliseconds(milliseconds));
        Member moving = Member.In(cluster, "moving", "a", "b"), host = Member.In(cluster, "host", "b"), watcher = Member.In(cluster, "watcher", "c");
        var only = Member.In(cluster, "only", "a");
        cluster.Advance(2);
        watcher.Forget();
        var stop = cluster.Servers["a"].StopAsync();
        cluster.Advance(3);
        Assert.True(stop.IsCompletedSuccessfully);
        Assert.Equal(["[host moving only watcher] Shutdown", "-only [host moving watcher] Shutdown"],
            watcher.Events.Where(e => e.View is not null).Select(e => e.View!.Sorted().Trim()));
        only.Client.Dispose();
    }

    private static async Task PublishAsync(Cluster cluster, MsgcClient client, Func<bool> more)
    {
        for (var i = 0; more(); i++)
        {
            await client.Group("x").PublishAsync($"{i}".Bytes());
            await Task.Delay(TimeSpan.FromMilliseconds(7), cluster.Simulation.TimeProvider);
        }
    }
}
