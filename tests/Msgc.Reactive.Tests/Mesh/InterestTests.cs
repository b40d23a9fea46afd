using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Tests.Mesh;

/// <summary>A message crosses a link only if the far server has members. What servers say to each other is counted. (contract, "§4")</summary>
public sealed class InterestTests : IDisposable
{
    private readonly LinkTraffic _traffic = new();
    private readonly Cluster _cluster;

    public InterestTests()
    {
        Cluster? cluster = null;
        _cluster = cluster = new Cluster(4, start: false);
        foreach (var name in cluster.Names) cluster.Start(name, o => o with { Transport = _traffic.Wrap(cluster.Network.Host(name), name) });
        cluster.Settle();
        _traffic.Clear();
    }

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void Without_requests_nothing_but_keepalives_flows_between_servers()
    {
        for (var i = 0; i < 4; i++) _cluster.Client($"c{i}", _cluster.Names[i]);
        _cluster.Advance(60);
        Assert.Equal("", _traffic.Shown);
        Assert.InRange(_traffic.Of(FrameKind.NoOp), 12 * 11, 12 * 13);
    }

    [Fact]
    public void Messages_to_groups_without_members_elsewhere_cross_no_link()
    {
        var publisher = _cluster.Client("p", "a");
        var seen = 0;
        using var near = _cluster.Client("near", "a").Group("x").Subscribe(_ => seen++);
        _cluster.Settle();
        for (var i = 0; i < 1000; i++) publisher.Group("x").Publish("1");
        for (var i = 0; i < 1000; i++) publisher.Group("nobody").Publish("1");
        _cluster.Settle();
        Assert.Equal(1000, seen);
        Assert.Equal(0, _traffic.Of(FrameKind.Message));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_message_crosses_exactly_the_links_to_servers_with_members(int servers)
    {
        var publisher = _cluster.Client("p", "a");
        var seen = new int[servers];
        for (var i = 0; i < servers; i++)
        {
            var place = i;
            // Two members on each: a message crosses once all the same.
            for (var member = 0; member < 2; member++) _cluster.Client($"m{i}{member}", _cluster.Names[i + 1]).Group("x").Subscribe(_ => seen[place]++);
        }
        _cluster.Settle();
        for (var i = 0; i < 100; i++) publisher.Group("x").Publish("1");
        _cluster.Settle();
        Assert.All(seen, count => Assert.Equal(200, count));
        Assert.Equal(100 * servers, _traffic.Of(FrameKind.Message));
        Assert.Equal(100 * servers, _traffic.Of(FrameKind.Message, "a")); // what came from a peer is never forwarded to a peer
    }

    [Fact]
    public void The_first_member_and_the_last_cost_one_frame_per_link_and_others_none()
    {
        var one = _cluster.Client("one", "a");
        var two = _cluster.Client("two", "a");
        _cluster.Settle();
        var first = one.Group("x").Subscribe(_ => { });
        _cluster.Settle();
        Assert.Equal("a Interest 3, b InterestAck 1, c InterestAck 1, d InterestAck 1", _traffic.Shown);
        _traffic.Clear();
        var second = two.Group("x").Subscribe(_ => { });
        _cluster.Settle();
        first.Dispose();
        _cluster.Settle();
        Assert.Equal("", _traffic.Shown);
        second.Dispose();
        _cluster.Settle();
        Assert.Equal("a NoInterest 3", _traffic.Shown);
        _traffic.Clear();
        _cluster.Client("p", "b").Group("x").Publish("1");
        _cluster.Settle();
        Assert.Equal("", _traffic.Shown);
    }

    [Fact]
    public void A_new_link_begins_with_a_summary_of_the_groups_that_have_members()
    {
        var client = _cluster.Client("many", "a");
        for (var i = 0; i < 5000; i++) client.Group($"group number {i}").Subscribe(_ => { });
        _cluster.Settle();
        _cluster.Kill("d");
        _traffic.Clear();
        _cluster.Start("d", o => o with { Transport = _traffic.Wrap(_cluster.Network.Host("d"), "d") });
        _cluster.Settle();
        Assert.InRange(_traffic.Of(FrameKind.Interest, "a"), 5, 8); // 16 KiB each
        Assert.Equal(0, _traffic.Of(FrameKind.Interest, "b"));
        var seen = new List<string>();
        client.Group("group number 4321").Subscribe(m => seen.Add(m.Text()));
        _cluster.Client("p", "d").Group("group number 4321").Publish("hello");
        _cluster.Settle();
        Assert.Equal(["hello"], seen);
    }

    [Fact]
    public void A_group_left_and_joined_again_before_that_could_be_told_is_heard()
    {
        var client = _cluster.Client("c", "a");
        var publisher = _cluster.Client("p", "b");
        var seen = new List<string>();
        _cluster.Settle();
        for (var i = 0; i < 20; i++)
        {
            var subscription = client.Group("x").Subscribe(_ => { });
            if (i % 3 == 0) _cluster.Advance(0.0001 * i);
            subscription.Dispose();
            if (i % 5 == 0) _cluster.Advance(0.0001 * i);
        }
        using var last = client.Group("x").Subscribe(m => seen.Add(m.Text()));
        var joined = client.Group("x").WhenJoinedAsync();
        _cluster.Settle();
        Assert.True(joined.IsCompletedSuccessfully);
        publisher.Group("x").Publish("heard");
        _cluster.Settle();
        Assert.Equal(["heard"], seen);
    }

    [Fact]
    public void A_group_joined_and_left_before_anything_was_told_of_it_costs_nothing()
    {
        var client = _cluster.Client("c", "a");
        _cluster.Settle();
        client.Group("x").Subscribe(_ => { }).Dispose();
        _cluster.Settle();
        Assert.Equal("", _traffic.Shown);
    }

    [Fact]
    public void A_withdrawal_that_was_overtaken_by_a_new_interest_means_nothing()
    {
        using var cluster = RawPeer.Cluster();
        var peer = new RawPeer(cluster);
        var publisher = cluster.Client("p", "a");
        cluster.Settle();
        peer.Tap.Send(InterestFrame.Write(5, "\u0001x"u8), InterestFrame.WriteNone(4, "x"u8));
        cluster.Settle();
        publisher.Group("x").Publish("1");
        cluster.Settle();
        Assert.Equal(FrameKind.Message, peer.Frames()[^1].Kind);
        peer.Tap.Send(InterestFrame.WriteNone(5, "x"u8));
        cluster.Settle();
        publisher.Group("x").Publish("2");
        cluster.Settle();
        Assert.Single(peer.Frames(), f => f.Kind == FrameKind.Message);
    }

    [Fact]
    public void A_join_is_acknowledged_by_its_own_interest_and_not_by_an_earlier_one_of_the_same_group()
    {
        using var cluster = RawPeer.Cluster();
        var peer = new RawPeer(cluster);
        MsgcClient gone = cluster.Client("gone", "a"), member = cluster.Client("m", "a");
        cluster.Settle();
        peer.Tap.Send(InterestFrame.Write(1, "\u0001x"u8)); // so that the group is known throughout
        cluster.Settle();
        using var first = gone.Group("x").Subscribe(_ => { });
        cluster.Settle();
        gone.Dispose();
        cluster.Settle();
        using var second = member.Group("x").Subscribe(_ => { });
        var joined = member.Group("x").WhenJoinedAsync();
        cluster.Settle();
        Assert.Equal("Interest 1, NoInterest 1, Interest 2", string.Join(", ", peer.Frames().Skip(1).Select(f => $"{f.Kind} {f.Number}")));
        peer.Tap.Send(Frames.Number(FrameKind.InterestAck, 1));
        cluster.Settle();
        Assert.False(joined.IsCompleted);
        peer.Tap.Send(Frames.Number(FrameKind.InterestAck, 2));
        cluster.Settle();
        Assert.True(joined.IsCompletedSuccessfully);
    }

    [Fact]
    public void Thousands_of_groups_joined_and_left_on_both_sides_at_once_do_not_make_servers_wait_for_each_other()
    {
        var clients = (MsgcClient[])[_cluster.Client("x", "a"), _cluster.Client("y", "b")];
        _cluster.Settle();
        _cluster.Network.WindowBytes = 2048;
        _cluster.Network.SetLatency("a", "b", TimeSpan.FromMilliseconds(10));
        _cluster.Network.SetLatency("b", "a", TimeSpan.FromMilliseconds(10));
        _cluster.Network.Break("a", "b"); // the next link is a slow one
        _cluster.Advance(6);
        for (var round = 0; round < 2; round++)
        {
            var subscriptions = clients.SelectMany(client => Enumerable.Range(0, 5000).Select(i => client.Group($"{client.Name} number {i}").Subscribe(_ => { }))).ToList();
            var joins = clients.Select(client => client.Group($"{client.Name} number 4999").WhenJoinedAsync()).ToArray();
            _cluster.Advance(10);
            Assert.All(joins, join => Assert.True(join.IsCompletedSuccessfully));
            foreach (var subscription in subscriptions) subscription.Dispose();
        }
        _cluster.Advance(10);
        Assert.Equal("b Linked, c Linked, d Linked", _cluster.PeersOf("a"));
        _traffic.Clear();
        clients[0].Group("y number 77").Publish("1");
        _cluster.Settle();
        Assert.Equal("", _traffic.Shown);
    }

    [Fact]
    public void Nobody_pays_for_views_that_nobody_watches_and_one_watch_is_asked_of_each_peer_once()
    {
        var watcher = _cluster.Client("w", "a");
        var second = _cluster.Client("w2", "a");
        using var one = _cluster.Client("m1", "b").Group("x").Subscribe(_ => { });
        using var two = _cluster.Client("m2", "b").Group("x").Subscribe(_ => { });
        _cluster.Settle();
        Assert.Equal(0, _traffic.Of(FrameKind.View));
        _traffic.Clear();
        var watching = watcher.Group("x").Membership.Subscribe(_ => { });
        var again = second.Group("x").Membership.Subscribe(_ => { });
        _cluster.Settle();
        Assert.Equal("a Watch 3, b View 1, c View 1, d View 1", _traffic.Shown);
        _traffic.Clear();
        using var three = _cluster.Client("m3", "b").Group("x").Subscribe(_ => { });
        _cluster.Settle();
        Assert.Equal("b View 1", _traffic.Shown);
        _traffic.Clear();
        watching.Dispose();
        _cluster.Settle();
        Assert.Equal("", _traffic.Shown);
        again.Dispose();
        _cluster.Settle();
        Assert.Equal("a Unwatch 3", _traffic.Shown);
    }

    [Fact]
    public void Watching_and_ceasing_to_without_end_tells_a_peer_that_does_not_read_the_last_of_it()
    {
        using var cluster = new Cluster(2, start: false);
        foreach (var name in cluster.Names) cluster.Start(name, o => o with { Transport = _traffic.Wrap(cluster.Network.Host(name), name) });
        cluster.Network.WindowBytes = 512;
        cluster.Settle();
        var tap = new Sessions.Tap(cluster.Scheduler).Dial(cluster.Network.Host("raw"), "a:4809");
        tap.Send(Sessions.Raw.Hello().Write());
        cluster.Settle();
        cluster.Network.Mute("a", "b");
        _traffic.Clear();
        var frames = Enumerable.Range(0, 5000).SelectMany(_ => (byte[][])[Sessions.Raw.Named(FrameKind.Watch, "x"), Sessions.Raw.Named(FrameKind.Unwatch, "x")]);
        tap.Send([.. frames.SelectMany(f => f).Chunk(400)]);
        tap.Send(Sessions.Raw.Named(FrameKind.Watch, "x"));
        cluster.Advance(2);
        cluster.Network.Unmute("a", "b");
        cluster.Advance(2);
        Assert.InRange(_traffic.Of(FrameKind.Watch) + _traffic.Of(FrameKind.Unwatch), 1, 200);
        Assert.Equal(FrameKind.View, tap.Frames[^1].Kind);
    }

    [Fact]
    public void A_clients_message_to_a_group_of_the_systems_is_refused_at_the_call_and_ends_a_strangers_connection()
    {
        var client = _cluster.Client("c", "a");
        Assert.Throws<InvalidOperationException>(() => { _ = client.Group("$msgc.peers").PublishAsync("x".Bytes()); });
        Assert.Throws<InvalidOperationException>(() => client.Group("$msgc.peers").OnNext("x".Bytes()));
        var tap = new Sessions.Tap(_cluster.Scheduler).Dial(_cluster.Network.Host("evil"), "a:4809");
        tap.Send(Sessions.Raw.Hello().Write(), Sessions.Raw.Message("$msgc.peers", 100));
        _cluster.Settle();
        Assert.Equal(MsgcCause.Closed, tap.End?.Cause);
    }
}
