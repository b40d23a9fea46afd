using System.Reactive.Linq;

namespace Msgc.Reactive.Tests.Mesh;

/// <summary>Links that break, fall silent, flap, and servers that come back: views, gaps, and one link per pair again. (contract, "§4" and "§6")</summary>
public sealed class FailureTests
{
    [Fact]
    public void A_partition_into_halves_is_a_gap_and_a_view_for_each_server_lost_and_again_when_it_heals()
    {
        using var cluster = new Cluster(4);
        cluster.Settle();
        var members = cluster.Names.Select(name => Member.In(cluster, $"m{name}", name)).ToArray();
        cluster.Settle();
        foreach (var member in members) member.Client.Group("x").Publish("before");
        cluster.Settle();
        foreach (var member in members) member.Forget();
        Cut(cluster, true, ["a", "b"], ["c", "d"]);
        cluster.Advance(40);
        Assert.Equal("b Linked, c Lost Idle, d Lost Idle", cluster.PeersOf("a"));
        Assert.Equal(["gap c", "gap d"], members[0].Gaps());
        Assert.Equal(["gap a", "gap b"], members[3].Gaps());
        Assert.Equal("ma mb", members[1].Latest());
        Assert.Equal("mc md", members[2].Latest());
        foreach (var member in members) member.Client.Group("x").Publish($"of {member.Client.Name}");
        cluster.Settle();
        Assert.Equal(["of ma", "of mb"], members[0].Texts().Order());
        Assert.Equal(["of mc", "of md"], members[2].Texts().Order());

        foreach (var member in members) member.Forget();
        Cut(cluster, false, ["a", "b"], ["c", "d"]);
        cluster.Advance(10);
        cluster.AssertFullMesh();
        Assert.All(members, member => Assert.Equal("ma mb mc md", member.Latest()));
        Assert.Single(members.Select(member => member.LatestId()).Distinct());
        Assert.Equal(["gap c", "gap d"], members[0].Gaps());
        foreach (var member in members) member.Client.Group("x").Publish($"again {member.Client.Name}");
        cluster.Settle();
        Assert.All(members, member => Assert.Equal(4, member.Texts().Count));
        // The others' lost messages show as skips, once each, in addition.
        Assert.Equal(["gap  1", "gap  1", "gap c", "gap d"], members[0].Gaps());
    }

    [Fact]
    public void An_asymmetric_partition_leaves_both_linked_to_the_third()
    {
        using var cluster = new Cluster(3);
        cluster.Settle();
        var members = cluster.Names.Select(name => Member.In(cluster, $"m{name}", name)).ToArray();
        cluster.Settle();
        foreach (var member in members) member.Forget();
        cluster.Network.Mute("a", "b");
        cluster.Advance(40);
        Assert.Equal("ma mc", members[0].Latest());
        Assert.Equal("mb mc", members[1].Latest());
        Assert.Empty(members[2].Events.Where(e => e.View is not null || e.Gap is not null));
        foreach (var member in members) member.Client.Group("x").Publish(member.Client.Name);
        cluster.Settle();
        Assert.Equal(["ma", "mc"], members[0].Texts().Order());
        Assert.Equal(["mb", "mc"], members[1].Texts().Order());
        Assert.Equal(["ma", "mb", "mc"], members[2].Texts().Order()); // what came from a peer is not passed on to another
        cluster.Network.Unmute("a", "b");
        cluster.Advance(10);
        cluster.AssertFullMesh();
        Assert.All(members[..2], member => Assert.Equal("ma mb mc", member.Latest()));
    }

    [Fact]
    public void A_half_open_link_is_given_up_after_the_idle_timeout_at_both_ends_and_made_again()
    {
        using var cluster = new Cluster(2);
        cluster.Settle();
        var member = Member.In(cluster, "m", "a");
        cluster.Settle();
        member.Forget();
        cluster.Network.Mute("a", "b");
        cluster.Advance(25);
        Assert.Equal("b Linked", cluster.PeersOf("a"));
        cluster.Advance(7);
        Assert.Contains(cluster.Logs.Of(11), l => l.Text.StartsWith("a lost its link to b", StringComparison.Ordinal) && l.Text.Contains("Idle", StringComparison.Ordinal));
        Assert.Contains(cluster.Logs.Of(11), l => l.Text.StartsWith("b lost its link to a", StringComparison.Ordinal) && l.Text.Contains("Idle", StringComparison.Ordinal));
        cluster.Network.Unmute("a", "b");
        cluster.Advance(6);
        cluster.AssertFullMesh();
        Assert.Equal(["gap b", "gap b"], member.Gaps());
    }

    [Fact]
    public void One_end_that_alone_notices_the_loss_dials_and_replaces_the_others_link()
    {
        foreach (var noticing in (string[])["a", "b"])
        {
            using var cluster = new Cluster(2, start: false);
            var other = noticing == "a" ? "b" : "a";
            cluster.Start(noticing, o => o with { IdleTimeout = TimeSpan.FromSeconds(6) });
            cluster.Start(other, o => o with { IdleTimeout = TimeSpan.FromMinutes(10) });
            cluster.Settle();
            var member = Member.In(cluster, "m", other);
            cluster.Settle();
            member.Forget();
            cluster.Network.Mute(noticing, other);
            cluster.Advance(8);
            Assert.Contains("Linked", cluster.PeersOf(other), StringComparison.Ordinal);
            cluster.Network.Unmute(noticing, other);
            cluster.Advance(10);
            cluster.AssertFullMesh();
            Assert.Equal([$"gap {noticing}", $"gap {noticing}"], member.Gaps());
        }
    }

    [Fact]
    public void A_restart_under_the_same_name_is_another_server_of_which_nothing_old_is_believed()
    {
        using var cluster = new Cluster(3);
        cluster.Settle();
        var members = cluster.Names.Select(name => Member.In(cluster, $"m{name}", name)).ToArray();
        cluster.Settle();
        foreach (var member in members) member.Forget();
        cluster.Kill("b");
        cluster.Start("b");
        cluster.Settle();
        cluster.AssertFullMesh();
        Assert.Equal("ma mc", members[0].Latest());
        members[0].Client.Group("x").Publish("1");
        cluster.Settle();
        Assert.Equal(["1"], members[2].Texts());
        Assert.Empty(members[1].Texts());
        cluster.Advance(6); // b's client is back
        Assert.Equal("ma mb mc", members[0].Latest());
        Assert.Equal("ma mb mc", members[2].Latest());
        Assert.DoesNotContain(members[1].Events, e => e.View is not null); // to b's own client nothing has changed
        Assert.Equal(["gap b", "gap b"], members[0].Gaps());
        Assert.Contains("gap b", members[1].Gaps());
    }

    [Fact]
    public void A_link_that_flaps_twenty_times_leaves_nothing_behind_and_duplicates_nothing()
    {
        using var cluster = new Cluster(3);
        cluster.Settle();
        var members = cluster.Names.Select(name => Member.In(cluster, $"m{name}", name)).ToArray();
        cluster.Settle();
        var publishing = true;
        foreach (var member in members)
        {
            _ = cluster.Simulation.Run(async () =>
            {
                for (var i = 0; publishing; i++)
                {
                    await member.Client.Group("x").PublishAsync($"{i}".Bytes());
                    await Task.Delay(TimeSpan.FromMilliseconds(5), cluster.Simulation.TimeProvider);
                }
            });
        }
        for (var i = 0; i < 20; i++)
        {
            cluster.Network.Break("a", "b");
            cluster.Advance(i % 3 == 0 ? 0.5 : 6.5);
        }
        cluster.Advance(10);
        publishing = false;
        cluster.Advance(1);
        cluster.AssertFullMesh();
        foreach (var member in members) member.AssertNumbersRiseAndSkipsAreTold();
        Assert.All(members, member => Assert.Equal("ma mb mc", member.Latest()));
        Assert.DoesNotContain(members[2].Events, e => e.Gap is not null); // c saw all the time
    }

    [Fact]
    public void After_everything_is_disposed_in_the_midst_of_failures_nothing_is_left()
    {
        var cluster = new Cluster(5);
        cluster.Settle();
        var members = cluster.Names.Select(name => Member.In(cluster, $"m{name}", name)).ToArray();
        cluster.Settle();
        Cut(cluster, true, ["a"], ["b", "c"]);
        cluster.Network.Break("d", "e");
        cluster.Network.Swallow("e");
        foreach (var member in members) member.Client.Group("x").Publish("1");
        cluster.Advance(33);
        Cut(cluster, false, ["a"], ["b", "c"]);
        cluster.Advance(0.0003);
        var servers = cluster.Servers.Values.ToArray();
        cluster.Dispose();
        cluster.Advance(61);
        Assert.Equal((0, 0, 0), (cluster.Network.Connections, cluster.Network.PendingActions, cluster.Scheduler.Outstanding));
        Assert.All(servers, server => Assert.Equal(0, server.Pool.Outstanding));
    }

    [Fact]
    public void A_peer_behind_a_black_hole_says_why_it_is_not_linked()
    {
        using var cluster = new Cluster(2, start: false);
        cluster.Network.Swallow("b");
        cluster.Start("a");
        cluster.Advance(130);
        Assert.Equal("b Connecting ConnectTimeout", cluster.PeersOf("a"));
        Assert.InRange(cluster.Logs.Of(12).Count(), 12, 16); // one attempt after each ReconnectInterval, and each has its end
    }

    [Fact]
    public void A_logger_that_throws_does_not_end_the_dialling()
    {
        using var cluster = new Cluster(2, start: false);
        var logs = new Sessions.RecordingLogs { Throws = 12 };
        cluster.Start("a", o => o with { LoggerFactory = logs });
        cluster.Advance(12);
        Assert.NotEmpty(logs.Of(12));
        cluster.Network.Refuse("a"); // so that only a can dial
        cluster.Start("b");
        cluster.Advance(6);
        cluster.AssertFullMesh();
    }

    [Fact]
    public void A_dial_into_a_black_hole_does_not_delay_the_link_once_the_hole_is_gone()
    {
        using var cluster = new Cluster(2, start: false);
        cluster.Network.Swallow("b");
        cluster.Network.Swallow("a");
        foreach (var name in cluster.Names) cluster.Start(name);
        cluster.Advance(33);
        // Connects that hang go on hanging; only new ones get through, and the next comes within the reconnect interval.
        cluster.Network.Accept("b");
        cluster.Advance(5.1);
        cluster.AssertFullMesh();
    }

    private static void Cut(Cluster cluster, bool cut, string[] near, string[] far)
    {
        foreach (var (a, b) in near.SelectMany(a => far.Select(b => (a, b))))
        {
            if (cut) cluster.Network.Mute(a, b);
            else cluster.Network.Unmute(a, b);
        }
    }
}
