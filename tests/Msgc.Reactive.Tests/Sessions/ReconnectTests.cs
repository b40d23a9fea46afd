using System.Reactive.Linq;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Testing;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>The next server at once, the same one not before ReconnectInterval, slow attempts joined by others. (contract, "§2")</summary>
public sealed class ReconnectTests
{
    private static readonly string[] Three = ["a:4809", "b:4809", "c:4809"];

    [Fact]
    public void A_lost_session_is_followed_by_the_next_server_at_once_in_order_and_wrapping()
    {
        using var world = new World();
        RawServer a = new(world, "a", Welcome()), b = new(world, "b", Welcome()), c = new(world, "c", Welcome());
        var states = world.Watch(world.Client("me", o => o with { Servers = Three }));
        world.Settle();
        world.Advance(Sec(10));
        foreach (var server in new[] { a, b, c, a })
        {
            server.Wires[^1].Close();
            world.Advance(Sec(10));
        }
        var lost = states.Where(s => s.Phase == MsgcConnectionPhase.Lost).ToArray();
        var connected = states.Where(s => s.Phase == MsgcConnectionPhase.Connected).ToArray();
        Assert.Equal(["a:4809", "b:4809", "c:4809", "a:4809", "b:4809"], connected.Select(s => s.Endpoint));
        Assert.Equal(lost.Select(s => s.Time + (4 * Latency.Ticks)), connected.Skip(1).Select(s => s.Time)); // a dial and a handshake
    }

    [Fact]
    public void The_same_server_is_tried_again_5_seconds_after_its_sessions_end_to_the_tick()
    {
        using var world = new World();
        var transport = new RecordingTransport(world.Network.Host("me"), world.Scheduler);
        var states = world.Watch(world.Client("me", o => o with { Transport = transport }));
        world.AdvanceTo(Ticks(1));
        world.Network.Break("me", "server");
        world.AdvanceTo(Ticks(10));
        Assert.Equal([0, Ticks(6)], transport.Dials.Select(d => d.Time));
        Assert.Equal(MsgcConnectionPhase.Connected, states[^1].Phase);
    }

    [Fact]
    public void Failed_attempts_go_round_the_list_once_and_then_each_server_waits_5_seconds_from_its_own_end()
    {
        // a refuses after 0.4 s, b after 0.2 s, c after 2 s
        using var world = new World();
        foreach (var (host, roundTrip) in new[] { ("a", 0.4), ("b", 0.2), ("c", 2.0) })
        {
            world.Network.Refuse(host);
            world.Network.SetLatency("me", host, Sec(roundTrip / 2));
            world.Network.SetLatency(host, "me", Sec(roundTrip / 2));
        }
        var transport = new RecordingTransport(world.Network.Host("me"), world.Scheduler);
        var states = world.Watch(world.Client("me", o => o with { Servers = Three, Transport = transport }));
        world.AdvanceTo(Ticks(13));
        Assert.Equal(
            [("a:4809", 0L), ("b:4809", Ticks(0.4)), ("c:4809", Ticks(0.6)), ("a:4809", Ticks(5.4)), ("b:4809", Ticks(5.8)), ("c:4809", Ticks(7.6)), ("a:4809", Ticks(10.8)), ("b:4809", Ticks(11.2)), ("c:4809", Ticks(14.6))],
            [.. transport.Dials.Select(d => (d.Endpoint, d.Time)), ("c:4809", Ticks(14.6))]);
        Assert.All(states.Skip(1), s => Assert.Equal((MsgcConnectionPhase.Connecting, MsgcCause.Transport), (s.Phase, s.Cause)));
    }

    [Fact]
    public void An_attempt_not_connected_after_5_seconds_is_joined_by_the_next_server_and_not_one_tick_earlier()
    {
        using var world = new World();
        foreach (var host in Three) world.Network.Swallow(host.Split(':')[0]);
        var transport = new RecordingTransport(world.Network.Host("me"), world.Scheduler);
        world.Client("me", o => o with { Servers = Three, Transport = transport });
        world.AdvanceTo(Ticks(5) - 1);
        Assert.Single(transport.Dials);
        world.AdvanceTo(Ticks(59));
        Assert.Equal([("a:4809", 0L), ("b:4809", Ticks(5)), ("c:4809", Ticks(10))], transport.Dials.Select(d => (d.Endpoint, d.Time)));
        world.AdvanceTo(Ticks(65));
        Assert.Equal(("a:4809", Ticks(65)), (transport.Dials[3].Endpoint, transport.Dials[3].Time)); // timed out at 60, free at 65
    }

    [Fact]
    public void The_first_handshake_wins_and_no_session_of_the_loser_ever_lives()
    {
        // a answers slowly: dial 0, connected 4 s, hello at 6 s, welcome back at 8 s. b joins at 5 s and its welcome comes at 7 s.
        using var world = new World();
        RawServer a = new(world, "a", Welcome()), b = new(world, "b", Welcome());
        Slow(world, "a", Sec(2));
        Slow(world, "b", Sec(0.5));
        var client = world.Client("me", o => o with { Servers = ["a:4809", "b:4809"] });
        var states = world.Watch(client);
        using var joined = client.Group("x").Subscribe(_ => { });
        world.AdvanceTo(Ticks(20));
        Assert.Equal([(MsgcConnectionPhase.Connecting, null), (MsgcConnectionPhase.Connected, "b:4809")], states.Select(s => (s.Phase, s.Endpoint)));
        Assert.Equal(Ticks(7), states[1].Time);
        Assert.Equal([FrameKind.Hello], a.Tap.Frames.Select(f => f.Kind)); // nothing but the hello ever came
        Assert.Equal(Ticks(9), a.Tap.End!.Value.Time);
        Assert.Equal(1, b.Tap.Of(FrameKind.Join).Count());
        Assert.Equal([1ul, 2ul], new[] { a, b }.Select(s => HelloFrame.Read(new Frame(s.Tap.Frames[0].Bytes), out _)!.Session));
    }

    [Fact]
    public void A_slow_first_attempt_may_still_win()
    {
        using var world = new World();
        RawServer a = new(world, "a", Welcome()), b = new(world, "b", Welcome());
        Slow(world, "a", Sec(1.5)); // welcome at 6 s
        Slow(world, "b", Sec(1));   // would be at 9 s
        var states = world.Watch(world.Client("me", o => o with { Servers = ["a:4809", "b:4809"] }));
        world.AdvanceTo(Ticks(20));
        Assert.Equal([new Seen(MsgcConnectionPhase.Connected, null, "a:4809", Ticks(6))], states.Skip(1));
        Assert.Empty(b.Wires.SelectMany(w => w.Of(FrameKind.Rejoined)));
        Assert.Equal(1, world.Network.Connections);
    }

    [Fact]
    public void Changed_while_running_the_interval_holds_for_the_pause_under_way()
    {
        using var world = new World();
        world.Network.Refuse("server");
        var transport = new RecordingTransport(world.Network.Host("me"), world.Scheduler);
        var client = world.Client("me", o => o with { Transport = transport });
        world.AdvanceTo(Ticks(1));
        var failed = 2 * Latency.Ticks;
        client.Configure(client.Options with { ReconnectInterval = Sec(2) }); // shorter: due at 2, not at 5
        world.AdvanceTo(Ticks(3));
        Assert.Equal([0, failed + Ticks(2)], transport.Dials.Select(d => d.Time));
        client.Configure(client.Options with { ReconnectInterval = Sec(9) }); // longer: due at 11, not at 4
        world.AdvanceTo(Ticks(12));
        Assert.Equal([0, failed + Ticks(2), (2 * failed) + Ticks(11)], transport.Dials.Select(d => d.Time));
        client.Configure(client.Options with { ReconnectInterval = Sec(0.5) }); // overdue: at once
        world.Settle();
        Assert.Equal(Ticks(12), transport.Dials[3].Time);
    }

    [Fact]
    public void Changed_while_running_the_interval_holds_for_the_attempt_under_way()
    {
        using var world = new World();
        world.Network.Swallow("a");
        var b = new RawServer(world, "b", Welcome());
        var client = world.Client("me", o => o with { Servers = ["a:4809", "b:4809"] });
        var states = world.Watch(client);
        world.AdvanceTo(Ticks(1));
        client.Configure(client.Options with { ReconnectInterval = Sec(2) });
        world.AdvanceTo(Ticks(4));
        Assert.Equal(new Seen(MsgcConnectionPhase.Connected, null, "b:4809", Ticks(2) + (4 * Latency.Ticks)), states[^1]);
        Assert.Single(b.Wires);
    }

    [Fact]
    public void Jitter_is_added_to_the_interval()
    {
        using var world = new World();
        var transport = new RecordingTransport(world.Network.Host("me"), world.Scheduler);
        world.Client("me", o => o with { Transport = transport, ReconnectJitter = Sec(10), Entropy = () => (ulong)Ticks(13) });
        world.AdvanceTo(Ticks(1));
        world.Network.Break("me", "server");
        world.AdvanceTo(Ticks(20));
        Assert.Equal([0, Ticks(1 + 5 + 3)], transport.Dials.Select(d => d.Time)); // 13 s modulo 10 s
    }

    [Fact]
    public void A_thousand_clients_come_back_to_a_restarted_server_spread_over_the_jitter()
    {
        const int Clients = 1000;
        using var world = new World();
        for (var i = 0; i < Clients; i++) world.Client($"c{i}", o => o with { ReconnectJitter = Sec(10) });
        world.AdvanceTo(Ticks(1));
        Assert.Equal(Clients, world.Network.Connections);
        var arrivals = new List<long>();
        using var connected = world.Network.Events.Where(e => e.Kind == NetworkEventKind.Connected).Subscribe(e => arrivals.Add(e.Ticks));
        world.RestartServer();
        world.AdvanceTo(Ticks(6) - 1);
        Assert.Empty(arrivals);
        world.AdvanceTo(Ticks(17));
        Assert.Equal(Clients, arrivals.Count);
        Assert.Equal(Clients, world.Network.Connections);
        var tenths = arrivals.CountBy(t => (int)((t - Ticks(6)) / Ticks(1))).ToDictionary();
        Assert.InRange(tenths.Keys.Max(), 9, 10); // 10: the very last, plus the round trip
        Assert.All(Enumerable.Range(0, 10), tenth => Assert.InRange(tenths.GetValueOrDefault(tenth), 1, 2 * Clients / 10));
    }

    private static void Slow(World world, string host, TimeSpan latency)
    {
        world.Network.SetLatency("me", host, latency);
        world.Network.SetLatency(host, "me", latency);
    }
}
