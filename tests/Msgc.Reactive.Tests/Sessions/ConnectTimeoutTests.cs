using Msgc.Reactive.Framing;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>ConnectTimeout covers connect and handshake together, on both ends. (contract, "§2")</summary>
public sealed class ConnectTimeoutTests
{
    [Fact]
    public void A_connect_that_hangs_fails_at_60_seconds_and_its_server_is_tried_again_5_seconds_later()
    {
        using var world = new World();
        world.Network.Swallow("server");
        var states = world.Watch(world.Client("c"));
        world.AdvanceTo(Ticks(60) - 1);
        Assert.Single(states); // Connecting
        world.AdvanceTo(Ticks(60));
        Assert.Equal(new Seen(MsgcConnectionPhase.Connecting, MsgcCause.ConnectTimeout, "server:4809", Ticks(60)), states[1]);
        world.Network.Accept("server");
        world.AdvanceTo(Ticks(70));
        Assert.Equal(new Seen(MsgcConnectionPhase.Connected, null, "server:4809", Ticks(65) + (4 * Latency.Ticks)), Assert.Single(states.Skip(2)));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_server_that_welcomes_at_60_seconds_is_taken_and_one_tick_later_not(int ticks, bool connected)
    {
        // 0 dial, 2 L hello leaves, 60 s + ticks the welcome arrives
        using var world = new World();
        var raw = new RawServer(world, "mute", welcome: null);
        var states = world.Watch(world.Client("c", o => o with { Servers = ["mute:4809"] }));
        world.AdvanceTo(Ticks(60) + ticks - Latency.Ticks);
        raw.Tap.Send(Welcome().Write());
        world.AdvanceTo(Ticks(60) + 2 * Latency.Ticks);
        var expected = connected
            ? new Seen(MsgcConnectionPhase.Connected, null, "mute:4809", Ticks(60) + ticks)
            : new Seen(MsgcConnectionPhase.Connecting, MsgcCause.ConnectTimeout, "mute:4809", Ticks(60));
        Assert.Equal(expected, Assert.Single(states.Skip(1)));
        Assert.Equal(connected, raw.Tap.End is null);
    }

    [Fact]
    public void Connect_and_handshake_share_one_timeout()
    {
        // 0 dial hangs, 40 s connected, hello unanswered, 60 s failed
        using var world = new World();
        world.Network.Swallow("mute");
        var raw = new RawServer(world, "mute", welcome: null);
        var states = world.Watch(world.Client("c", o => o with { Servers = ["mute:4809"] }));
        world.AdvanceTo(Ticks(40));
        world.Network.Accept("mute");
        world.AdvanceTo(Ticks(60) - 1);
        Assert.Equal(FrameKind.Hello, Assert.Single(raw.Tap.Frames).Kind);
        Assert.Single(states);
        world.AdvanceTo(Ticks(60) + Latency.Ticks);
        Assert.Equal((MsgcCause.ConnectTimeout, Ticks(60)), (states[1].Cause, states[1].Time));
        Assert.Equal(Ticks(60) + Latency.Ticks, raw.Tap.End!.Value.Time);
    }

    [Fact]
    public void A_client_that_never_says_hello_is_closed_60_seconds_after_it_was_accepted()
    {
        RecordingLogs logs = null!;
        using var world = new World(server: o => o with { LoggerFactory = logs = new RecordingLogs(() => (Msgc.Reactive.Testing.VirtualScheduler)o.Scheduler!) });
        var wire = world.DialRaw(hello: null);
        var accepted = 2 * Latency.Ticks;
        world.AdvanceTo(accepted + Ticks(60) - 1);
        Assert.Equal(1, world.Network.Connections);
        Assert.Empty(logs.Of(5));
        world.AdvanceTo(accepted + Ticks(60) + Latency.Ticks);
        Assert.Equal(accepted + Ticks(60) + Latency.Ticks, wire.End!.Value.Time);
        var line = Assert.Single(logs.Of(5));
        Assert.Equal(accepted + Ticks(60), line.Time);
        Assert.Contains("ConnectTimeout", line.Text, StringComparison.Ordinal);
        Assert.Equal(0, world.Network.Connections);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_hello_complete_at_60_seconds_is_taken_and_one_tick_later_not(int ticks, bool welcomed)
    {
        // The hello comes in two halves: only the second one completes it, and the first does not put the timeout off.
        using var world = new World();
        var wire = world.DialRaw(hello: null);
        var hello = Hello().Write();
        var accepted = 2 * Latency.Ticks;
        world.AdvanceTo(Ticks(50));
        wire.Send(hello[..20]);
        world.AdvanceTo(accepted + Ticks(60) + ticks - Latency.Ticks);
        wire.Send(hello[20..]);
        world.Settle();
        Assert.Equal(welcomed, wire.Of(FrameKind.Welcome).Any());
        Assert.Equal(welcomed, wire.End is null);
    }

    [Fact]
    public void Changed_while_running_it_holds_for_the_next_attempt_and_the_next_accepted_connection()
    {
        using var world = new World();
        world.Network.Swallow("gone");
        var client = world.Client("c", o => o with { Servers = ["gone:4809"] });
        var states = world.Watch(client);
        world.AdvanceTo(Ticks(60));
        client.Configure(client.Options with { ConnectTimeout = Sec(7) });
        world.AdvanceTo(Ticks(72) - 1);
        Assert.Equal(2, states.Count);
        world.AdvanceTo(Ticks(72));
        Assert.Equal([Ticks(60), Ticks(72)], states.Skip(1).Select(s => s.Time));

        world.Server.Configure(world.Server.Options with { ConnectTimeout = Sec(3) });
        var wire = world.DialRaw(hello: null);
        world.Advance(Sec(4));
        Assert.Equal(wire.OpenedAt + Ticks(3) + Latency.Ticks, wire.End!.Value.Time);
    }

    [Fact]
    public void A_connection_that_was_welcomed_outlives_it()
    {
        using var world = new World(server: o => o with { ConnectTimeout = Sec(2), IdleTimeout = Sec(100) });
        var states = world.Watch(world.Client("c", o => o with { ConnectTimeout = Sec(2), IdleTimeout = Sec(100) }));
        world.AdvanceTo(Ticks(50));
        Assert.Equal([MsgcConnectionPhase.Connecting, MsgcConnectionPhase.Connected], states.Select(s => s.Phase));
    }
}
