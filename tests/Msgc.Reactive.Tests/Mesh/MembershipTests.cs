using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace Msgc.Reactive.Tests.Mesh;

/// <summary>Views of groups whose members are on several servers. (contract, "§6")</summary>
public sealed class MembershipTests
{
    [Fact]
    public void Watchers_on_all_servers_get_equal_views_wherever_members_join_and_leave()
    {
        using var cluster = new Cluster(3);
        var views = new List<MsgcView>[3];
        for (var i = 0; i < 3; i++)
        {
            var seen = views[i] = [];
            cluster.Client($"w{i}", cluster.Names[i]).Group("x").Membership.Subscribe(seen.Add);
        }
        cluster.Settle();
        var subscriptions = new List<IDisposable>();
        for (var i = 0; i < 6; i++)
        {
            subscriptions.Add(cluster.Client($"m{i}", cluster.Names[i % 3]).Group("x").Subscribe(_ => { }));
            cluster.Settle();
        }
        foreach (var subscription in subscriptions.Where((_, i) => i % 2 == 0))
        {
            subscription.Dispose();
            cluster.Settle();
        }
        foreach (var seen in views)
        {
            Assert.Equal(
                [" [] Current", "+m0 [m0] Join", "+m1 [m0 m1] Join", "+m2 [m0 m1 m2] Join", "+m3 [m0 m1 m2 m3] Join", "+m4 [m0 m1 m2 m3 m4] Join", "+m5 [m0 m1 m2 m3 m4 m5] Join",
                 "-m0 [m1 m2 m3 m4 m5] Leave", "-m2 [m1 m3 m4 m5] Leave", "-m4 [m1 m3 m5] Leave"],
                seen.Select(v => v.Sorted()));
            Assert.Equal(views[0].Select(v => v.Id), seen.Select(v => v.Id));
        }
        Assert.Equal(["b", "a", "c"], views[2][^1].Members.OrderBy(m => m.ClientName).Select(m => m.ServerName));
    }

    [Fact]
    public void The_first_view_of_a_watcher_has_the_members_of_all_servers()
    {
        using var cluster = new Cluster(3);
        for (var i = 0; i < 300; i++) cluster.Client($"m{i:d3}", cluster.Names[i % 3]).Group("x").Subscribe(_ => { });
        cluster.Settle();
        var views = new List<MsgcView>();
        cluster.Client("w", "b").Group("x").Membership.Subscribe(views.Add);
        cluster.Settle();
        Assert.Equal(300, Assert.Single(views).Members.Count);
        Assert.Equal(MsgcViewCause.Current, views[0].Cause);
    }

    [Fact]
    public void A_watcher_gets_its_first_view_even_when_a_peer_is_mute_once_that_link_is_given_up()
    {
        using var cluster = new Cluster(3);
        using var member = cluster.Client("m", "b").Group("x").Subscribe(_ => { });
        cluster.Settle();
        cluster.Network.Mute("a", "c");
        var views = new List<string>();
        cluster.Client("w", "a").Group("x").Membership.Subscribe(v => views.Add(v.Sorted()));
        cluster.Advance(29);
        Assert.Empty(views);
        cluster.Advance(2);
        Assert.Equal(["+m [m] Current"], views);
    }

    [Fact]
    public void A_lost_link_with_a_hundred_members_behind_it_is_one_view_and_its_return_another()
    {
        using var cluster = new Cluster(2);
        cluster.Settle();
        for (var i = 0; i < 100; i++) cluster.Client($"m{i:d3}", "b").Group("x").Subscribe(_ => { });
        var views = new List<MsgcView>();
        cluster.Settle();
        cluster.Client("w", "a").Group("x").Membership.Subscribe(views.Add);
        cluster.Settle();
        cluster.Network.Break("a", "b");
        cluster.Advance(6);
        Assert.Equal([(MsgcViewCause.Current, 100, 0), (MsgcViewCause.Partition, 0, 100), (MsgcViewCause.Merge, 100, 0)], views.Select(v => (v.Cause, v.Joined.Count, v.Left.Count)));
    }

    [Fact]
    public void A_client_that_moves_to_another_server_has_moved_and_neither_joined_nor_left()
    {
        using var cluster = new Cluster(3);
        var client = cluster.Client("mover", o => o with { IdleTimeout = TimeSpan.FromSeconds(6), KeepAliveInterval = TimeSpan.FromSeconds(2) }, "a", "b");
        using var joined = client.Group("x").Subscribe(_ => { });
        var views = new Dictionary<string, List<string>>();
        foreach (var server in cluster.Names)
        {
            var seen = views[server] = [];
            cluster.Client($"w{server}", server).Group("x").Membership.Subscribe(v => seen.Add($"{v.Shown()} {string.Concat(v.Members.Select(m => m.ServerName))}"));
        }
        cluster.Settle();
        cluster.Network.Mute("mover", "a"); // half-open: a goes on believing in the old session
        cluster.Advance(60);
        foreach (var (_, seen) in views) Assert.Equal(["+mover [mover] Current a", " [mover] Join b"], seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_end_of_an_older_session_makes_no_view_where_it_is_told_before_the_news_of_the_newer_one(bool leaves)
    {
        using var cluster = new Cluster(3);
        cluster.Settle();
        cluster.Network.SetLatency("b", "c", TimeSpan.FromMilliseconds(400));
        var client = cluster.Client("mover", o => o with { IdleTimeout = TimeSpan.FromSeconds(6), KeepAliveInterval = TimeSpan.FromSeconds(2) }, "a", "b");
        var joined = client.Group("x").Subscribe(_ => { });
        using var near = cluster.Client("wa", "a").Group("x").Membership.Subscribe(_ => { });
        var views = new List<string>();
        cluster.Client("wc", "c").Group("x").Membership.Subscribe(v => views.Add($"{v.Shown()} {string.Concat(v.Members.Select(m => m.ServerName))}"));
        cluster.Advance(3);
        if (leaves) client.State.Subscribe(s => // when a has closed the older session already, and c has yet to hear of the newer one
        {
            if (s.ServerName == "b") cluster.Scheduler.Schedule(TimeSpan.FromMilliseconds(50), joined.Dispose);
        });
        cluster.Network.Mute("mover", "a");
        cluster.Advance(20);
        Assert.Equal(["+mover [mover] Current a", " [mover] Join b", .. leaves ? ["-mover [] Leave "] : Array.Empty<string>()], views);
        joined.Dispose();
    }

    [Fact]
    public void An_older_session_is_closed_where_its_group_is_watched()
    {
        using var cluster = new Cluster(2);
        var client = cluster.Client("mover", o => o with { IdleTimeout = TimeSpan.FromSeconds(6), KeepAliveInterval = TimeSpan.FromSeconds(2) }, "a", "b");
        using var joined = client.Group("x").Subscribe(_ => { });
        using var watched = cluster.Client("w", "a").Group("x").Membership.Subscribe(_ => { });
        cluster.Settle();
        cluster.Network.Mute("mover", "a");
        cluster.Advance(6.1);
        Assert.Contains(cluster.Logs.Of(4), l => l.Text.Contains("A newer session of the same client is at another server", StringComparison.Ordinal));
    }

    [Fact]
    public void A_client_that_has_moved_out_of_a_servers_sight_is_gone_there_once_its_old_session_is()
    {
        using var cluster = new Cluster(3);
        cluster.Settle();
        var client = cluster.Client("mover", o => o with { IdleTimeout = TimeSpan.FromSeconds(6), KeepAliveInterval = TimeSpan.FromSeconds(2) }, "a", "b");
        using var joined = client.Group("x").Subscribe(_ => { });
        var views = new List<string>();
        using var near = cluster.Client("wa", "a").Group("x").Membership.Subscribe(_ => { });
        cluster.Client("wc", "c").Group("x").Membership.Subscribe(v => views.Add(v.Shown()));
        cluster.Network.Mute("b", "c");
        cluster.Advance(35);
        Assert.Equal(["+mover [mover] Current"], views);
        cluster.Network.Mute("mover", "a");
        cluster.Advance(20);
        Assert.Equal(["+mover [mover] Current", "-mover [] Disconnect"], views);
    }

    [Fact]
    public void A_client_that_has_come_back_to_a_server_stays_a_member_there_when_its_session_elsewhere_ends()
    {
        using var cluster = new Cluster(3);
        cluster.Settle();
        var views = new List<string>();
        cluster.Client("w", "a").Group("x").Membership.Subscribe(v => views.Add($"{v.Shown()} {string.Concat(v.Members.Select(m => m.ServerName))}"));
        cluster.Settle();
        var sessions = new List<Sessions.Tap>();
        foreach (var (server, session) in (ReadOnlySpan<(string, ulong)>)[("b", 1), ("c", 2), ("b", 3)])
        {
            var tap = new Sessions.Tap(cluster.Scheduler).Dial(cluster.Network.Host($"h{session}"), $"{server}:4809");
            tap.Send(Sessions.Raw.Hello(session: session).Write(), Sessions.Raw.Named(Msgc.Reactive.Framing.FrameKind.Join, "x"));
            sessions.Add(tap);
            cluster.Settle();
        }
        sessions[1].Close();
        cluster.Settle();
        Assert.Equal([" [] Current ", "+raw [raw] Join b", " [raw] Join c", " [raw] Join b"], views);
    }

    [Fact]
    public void Members_of_a_server_that_went_while_nobody_watched_are_not_there_when_somebody_does_again()
    {
        using var cluster = new Cluster(3);
        cluster.Settle();
        var watcher = cluster.Client("wa", "a");
        using var far = cluster.Client("m", "c").Group("x").Subscribe(_ => { });
        using var peers = cluster.Client("wb", "b").Group("x").Membership.Subscribe(_ => { }); // so that b goes on watching at a
        cluster.Settle();
        using (watcher.Group("x").Membership.Subscribe(_ => { })) cluster.Settle();
        cluster.Settle();
        cluster.Kill("c");
        cluster.Settle();
        var views = new List<string>();
        using var again = watcher.Group("x").Membership.Subscribe(v => views.Add(v.Shown()));
        cluster.Settle();
        Assert.Equal([" [] Current"], views);
    }

    [Fact]
    public void What_a_client_does_to_its_groups_is_told_with_its_cause_everywhere()
    {
        using var cluster = new Cluster(2);
        cluster.Settle();
        var views = new List<string>();
        cluster.Client("w", "a").Group("x").Membership.Subscribe(v => views.Add(v.Shown()));
        cluster.Settle();
        var client = cluster.Client("m", "b");
        using var joined = client.Group("x").Subscribe(_ => { });
        cluster.Settle();
        client.Dispose();
        cluster.Settle();
        Assert.Equal([" [] Current", "+m [m] Join", "-m [] Disconnect"], views);
    }

    [Fact]
    public void A_watch_that_ends_and_begins_again_at_once_has_the_members_as_they_are()
    {
        using var cluster = new Cluster(2);
        var watcher = cluster.Client("w", "a");
        cluster.Settle();
        for (var i = 0; i < 10; i++)
        {
            var views = new List<string>();
            using var member = cluster.Client($"m{i}", "b").Group("x").Subscribe(_ => { });
            using (watcher.Group("x").Membership.Subscribe(_ => { })) cluster.Advance(i * 0.00005);
            using (watcher.Group("x").Membership.Subscribe(v => views.Add(v.Shown()))) cluster.Settle();
            Assert.Contains($"[m{i}]", views[^1], StringComparison.Ordinal);
        }
    }
}

/// <summary>Views in tests.</summary>
internal static class Views
{
    /// <summary>As Shown, gaps by the server that they name.</summary>
    public static string Told(this MsgcGroupEvent e) => e.Gap is { } gap ? $"gap {gap.Server}{(gap.Count is { } count ? $" {count}" : "")}" : e.Shown();

    /// <summary>As Shown, members ordered by name.</summary>
    public static string Sorted(this MsgcView view) =>
        $"{string.Concat(view.Joined.Select(m => $"+{m.ClientName}").Order())}{string.Concat(view.Left.Select(m => $"-{m.ClientName}").Order())} [{string.Join(' ', view.Members.Select(m => m.ClientName).Order())}] {view.Cause}";
}
