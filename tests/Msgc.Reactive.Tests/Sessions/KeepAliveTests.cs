using System.Reactive.Linq;
using Msgc.Reactive.Framing;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>A no-op goes out when nothing else was sent for the interval in force: min(own, far end's IdleTimeout / 3). (contract, "§2")</summary>
public sealed class KeepAliveTests
{
    [Fact]
    public void Silent_both_ends_send_one_every_5_seconds_to_the_tick()
    {
        using var world = new World();
        using var client = world.Client("c");
        List<long> toServer = [], toClient = [];
        using var sent = world.Network.Events.Where(e => e.Kind == Msgc.Reactive.Testing.NetworkEventKind.Sent)
            .Subscribe(e => (e.From == "c" ? toServer : toClient).Add(e.Ticks));
        world.Settle();
        var (client0, server0) = (toServer[^1], toClient[^1]); // the end of the handshake
        Assert.Equal((4 * Latency.Ticks, 3 * Latency.Ticks), (client0, server0));
        toServer.Clear();
        toClient.Clear();
        world.Advance(Sec(61));
        Assert.Equal(Enumerable.Range(1, 12).Select(i => client0 + Ticks(5 * i)), toServer);
        Assert.Equal(Enumerable.Range(1, 12).Select(i => server0 + Ticks(5 * i)), toClient);
    }

    [Fact]
    public void While_a_client_publishes_it_sends_none_and_5_seconds_after_the_last_message_one()
    {
        using var world = new World();
        var raw = new RawServer(world, "far", Welcome());
        var client = world.Client("c", o => o with { Servers = ["far:4809"] });
        world.Settle();
        long last = 0;
        for (var i = 0; i < 10; i++)
        {
            client.Group("x").Publish("data");
            last = world.Scheduler.Clock;
            world.Advance(Sec(5) - Tick);
            raw.Tap.Send(NoOp()); // so that the client does not take us for dead
        }
        Assert.Equal(10, raw.Tap.Of(FrameKind.Message).Count());
        Assert.Empty(raw.Tap.Of(FrameKind.NoOp));
        world.Advance(Tick + Latency);
        Assert.Equal(last + Ticks(5) + Latency.Ticks, Assert.Single(raw.Tap.Of(FrameKind.NoOp)).Time);
    }

    [Fact]
    public void While_a_server_has_messages_for_a_member_it_sends_none_and_5_seconds_after_the_last_one()
    {
        using var world = new World();
        var publisher = world.Client("p");
        var member = world.DialRaw(Hello(Timeout.InfiniteTimeSpan));
        member.Send(Named(FrameKind.Join, "x"));
        world.Settle();
        long last = 0;
        for (var i = 0; i < 10; i++)
        {
            publisher.Group("x").Publish("data");
            last = world.Scheduler.Clock + (2 * Latency.Ticks);
            world.Advance(Sec(5) - Tick);
            member.Send(NoOp());
        }
        Assert.Equal(10, member.Of(FrameKind.Message).Count());
        Assert.Empty(member.Of(FrameKind.NoOp));
        world.Advance(Sec(1));
        Assert.Equal(last + Ticks(5), Assert.Single(member.Of(FrameKind.NoOp)).Time);
    }

    [Theory]
    [InlineData(9_000, 3_000)]
    [InlineData(14_997, 4_999)]
    [InlineData(15_000, 5_000)]
    [InlineData(15_003, 5_000)]
    [InlineData(-1, 5_000)]
    public void The_interval_is_the_own_one_or_a_third_of_the_far_ends_idle_timeout(int idleMilliseconds, int intervalMilliseconds)
    {
        var idle = TimeSpan.FromMilliseconds(idleMilliseconds); // -1 is Timeout.InfiniteTimeSpan
        var interval = TimeSpan.FromMilliseconds(intervalMilliseconds).Ticks;
        using var world = new World();
        var server = new RawServer(world, "far", Welcome(idle));
        world.Client("c", o => o with { Servers = ["far:4809"] });
        var client = world.DialRaw(Hello(idle));
        world.Advance(Sec(16));
        var start = (5 * Latency.Ticks, 4 * Latency.Ticks); // the arrivals of the last frames of the handshakes
        Assert.Equal(Enumerable.Range(1, 3).Select(i => start.Item1 + (i * interval)), server.Tap.TimesOf(FrameKind.NoOp).Take(3));
        Assert.Equal(Enumerable.Range(1, 3).Select(i => start.Item2 + (i * interval)), client.TimesOf(FrameKind.NoOp).Take(3));
    }

    [Theory]
    [InlineData(1, 2, 2)] // not yet due: counted from what was sent last
    [InlineData(4, 2, 4)] // overdue: at once
    [InlineData(4, 7, 7)] // put off
    public void A_changed_interval_counts_from_what_was_sent_last(int changedAt, int interval, int expected)
    {
        using var world = new World();
        var raw = new RawServer(world, "far", Welcome());
        var client = world.Client("c", o => o with { Servers = ["far:4809"] });
        var member = world.DialRaw(Hello());
        world.Settle();
        var (clientSent, serverSent) = (4 * Latency.Ticks, 3 * Latency.Ticks);
        world.AdvanceTo(clientSent + Ticks(changedAt));
        client.Configure(client.Options with { KeepAliveInterval = Sec(interval) });
        world.Advance(Sec(4));
        Assert.Equal(clientSent + Ticks(expected) + Latency.Ticks, raw.Tap.TimesOf(FrameKind.NoOp)[0]);
        Assert.Null(raw.Tap.End);

        member.Close();
        member = world.DialRaw(Hello());
        world.Settle();
        serverSent = member.TimesOf(FrameKind.Welcome)[0] - Latency.Ticks;
        world.AdvanceTo(serverSent + Ticks(changedAt));
        world.Server.Configure(world.Server.Options with { KeepAliveInterval = Sec(interval) });
        world.Advance(Sec(4));
        Assert.Equal(serverSent + Ticks(expected) + Latency.Ticks, member.TimesOf(FrameKind.NoOp)[0]);
    }

    [Fact]
    public void A_servers_changed_idle_timeout_changes_its_clients_interval_and_the_other_way_round()
    {
        using var world = new World();
        var client = world.Client("c");
        List<long> toServer = [], toClient = [];
        using var sent = world.Network.Events.Where(e => e.Kind == Msgc.Reactive.Testing.NetworkEventKind.Sent)
            .Subscribe(e => (e.From == "c" ? toServer : toClient).Add(e.Ticks));
        world.AdvanceTo(Ticks(1));
        world.Server.Configure(world.Server.Options with { IdleTimeout = Sec(6) });
        world.AdvanceTo(Ticks(8.5));
        var acknowledged = Ticks(1) + Latency.Ticks;
        Assert.Equal([acknowledged, acknowledged + Ticks(2), acknowledged + Ticks(4), acknowledged + Ticks(6)], toServer[^4..]);

        client.Configure(client.Options with { IdleTimeout = Sec(3) });
        toClient.Clear();
        world.Advance(Sec(3.5));
        acknowledged = Ticks(8.5) + Latency.Ticks;
        Assert.Equal([acknowledged, acknowledged + Ticks(1), acknowledged + Ticks(2), acknowledged + Ticks(3)], toClient);

        // Back to the defaults: both are at 5 seconds again.
        client.Configure(client.Options with { IdleTimeout = Sec(30) });
        world.Server.Configure(world.Server.Options with { IdleTimeout = Sec(30) });
        world.Settle();
        (long a, long b) = (toServer[^1], toClient[^1]);
        toServer.Clear();
        toClient.Clear();
        world.Advance(Sec(10.5));
        Assert.Equal([a + Ticks(5), a + Ticks(10)], toServer);
        Assert.Equal([b + Ticks(5), b + Ticks(10)], toClient);
    }

    [Fact]
    public void A_receiver_that_does_not_read_is_not_sent_more_than_one_no_op()
    {
        // The window is 64 bytes: after that the sends hang, and the no-ops due meanwhile do not pile up.
        using var world = new World(server: o => o with { IdleTimeout = Timeout.InfiniteTimeSpan });
        world.Network.WindowBytes = 64;
        var gate = new GatedScheduler(world.Scheduler) { IsClosed = true };
        var member = world.Client("m", o => o with { Scheduler = gate });
        using var observing = member.Group("x").Observe(1, System.Threading.Channels.BoundedChannelFullMode.Wait).Subscribe(_ => { });
        world.Settle();
        var publisher = world.Client("p");
        world.Settle();
        for (var i = 0; i < 8; i++)
        {
            publisher.Group("x").Publish("0123456789");
            world.Settle(); // in a frame of its own
        }
        world.Advance(TimeSpan.FromMinutes(10));
        var bytes = new List<int>();
        using var sent = world.Network.Events.Where(e => e.Kind == Msgc.Reactive.Testing.NetworkEventKind.Received && e.To == "m").Subscribe(e => bytes.Add(e.Bytes));
        gate.Open();
        world.Settle();
        // Of 8 messages of 35 bytes one was read; 280 - 35 and at most the no-op under way and one more.
        Assert.InRange(bytes.Sum(), 200, 280 + 32);
    }
}
