using System.Reactive.Linq;
using System.Threading.Channels;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Testing;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>No bytes for IdleTimeout: closed, cause Idle; a byte on the same tick wins; our own pauses and handlers do not count. (contract, "§2")</summary>
public sealed class IdleTests
{
    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_server_closes_a_client_silent_for_30_seconds_and_a_byte_on_that_tick_wins(int ticks, bool lives)
    {
        RecordingLogs logs = null!;
        using var world = new World(server: o => o with { LoggerFactory = logs = new RecordingLogs(() => (VirtualScheduler)o.Scheduler!) });
        var wire = world.DialRaw(Hello(Timeout.InfiniteTimeSpan));
        var heard = 3 * Latency.Ticks; // the hello's arrival
        world.AdvanceTo(heard + Ticks(30) - 1 - Latency.Ticks);
        Assert.Null(wire.End);
        world.AdvanceTo(heard + Ticks(30) + ticks - Latency.Ticks);
        wire.Send([NoOp()[0]]); // one byte is enough
        world.AdvanceTo(heard + Ticks(30) + ticks + Latency.Ticks);
        Assert.Equal(lives, wire.End is null);
        if (lives)
        {
            heard += Ticks(30) + ticks;
            world.AdvanceTo(heard + Ticks(30) + Latency.Ticks);
        }
        Assert.Equal(heard + Ticks(30) + Latency.Ticks, wire.End!.Value.Time);
        var line = Assert.Single(logs.Of(4));
        Assert.Equal(heard + Ticks(30), line.Time);
        Assert.Contains("Idle", line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(logs.Lines, l => l.Id is 5 or 7);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_client_leaves_a_server_silent_for_30_seconds_and_a_byte_on_that_tick_wins(int ticks, bool lives)
    {
        using var world = new World();
        var raw = new RawServer(world, "far", Welcome());
        var states = world.Watch(world.Client("c", o => o with { Servers = ["far:4809"] }));
        var heard = 4 * Latency.Ticks; // the welcome's arrival
        world.AdvanceTo(heard + Ticks(30) + ticks - Latency.Ticks);
        Assert.Equal(2, states.Count);
        raw.Tap.Send([NoOp()[0]]);
        world.AdvanceTo(heard + Ticks(30) + ticks);
        Assert.Equal(lives, states.Count == 2);
        if (lives)
        {
            heard += Ticks(30) + ticks;
            world.AdvanceTo(heard + Ticks(30));
        }
        Assert.Equal(new Seen(MsgcConnectionPhase.Lost, MsgcCause.Idle, "far:4809", heard + Ticks(30)), Assert.Single(states.Skip(2)));
    }

    [Fact]
    public void Half_open_both_ends_close_30_seconds_after_what_they_heard_last_and_the_client_is_back_5_seconds_later_with_its_groups()
    {
        RecordingLogs logs = null!;
        using var world = new World(server: o => o with { LoggerFactory = logs = new RecordingLogs(() => (VirtualScheduler)o.Scheduler!) });
        MsgcClient client = world.Client("c"), publisher = world.Client("p");
        var states = world.Watch(client);
        List<string> x = [], y = [];
        using var one = client.Group("x").Events.Where(e => e.View is null).Subscribe(e => x.Add(e.Shown()));
        using var two = client.Group("y").Events.Where(e => e.View is null).Subscribe(e => y.Add(e.Shown()));
        long clientHeard = 0, serverHeard = 0;
        using var heard = world.Network.Events.Where(e => e.Kind == NetworkEventKind.Received).Subscribe(e =>
        {
            if (e.To == "c") clientHeard = e.Ticks;
            if (e.From == "c") serverHeard = e.Ticks;
        });
        world.AdvanceTo(Ticks(7));
        world.Network.Mute("c", "server");
        (long c, long s) = (clientHeard, serverHeard);
        world.AdvanceTo(Math.Max(c, s) + Ticks(30));
        Assert.Equal(new Seen(MsgcConnectionPhase.Lost, MsgcCause.Idle, "server:4809", c + Ticks(30)), states[^1]);
        var line = Assert.Single(logs.Of(4));
        Assert.Equal(s + Ticks(30), line.Time);
        Assert.Contains("Idle", line.Text, StringComparison.Ordinal);

        publisher.Group("x").Publish("missed");
        world.Network.Unmute("c", "server");
        world.AdvanceTo(c + Ticks(35) + (4 * Latency.Ticks) - 1);
        Assert.Equal(MsgcConnectionPhase.Lost, states[^1].Phase);
        world.AdvanceTo(c + Ticks(35) + (4 * Latency.Ticks));
        Assert.Equal(MsgcConnectionPhase.Connected, states[^1].Phase);
        world.Settle();
        publisher.Group("x").Publish("heard");
        publisher.Group("y").Publish("heard");
        world.Settle();
        Assert.Equal(["gap ConnectionLost", "heard"], x);
        Assert.Equal(["gap ConnectionLost", "heard"], y);
    }

    [Fact]
    public void Half_open_a_client_with_another_server_is_there_at_once()
    {
        using var world = new World();
        var other = world.StartServer("other");
        var client = world.Client("c", o => o with { Servers = ["server:4809", "other:4809"] });
        var states = world.Watch(client);
        List<string> events = [];
        using var one = client.Group("x").Events.Where(e => e.View is null).Subscribe(e => events.Add(e.Shown()));
        world.Settle();
        world.Network.Mute("c", "server");
        world.Advance(Sec(36));
        var lost = Assert.Single(states, s => s.Phase == MsgcConnectionPhase.Lost);
        Assert.Equal((MsgcCause.Idle, "server:4809"), (lost.Cause, lost.Endpoint));
        Assert.Equal(new Seen(MsgcConnectionPhase.Connected, null, "other:4809", lost.Time + (4 * Latency.Ticks)), states[^1]);
        var publisher = world.Client("p", o => o with { Servers = ["other:4809"] });
        world.Settle();
        publisher.Group("x").Publish("heard");
        world.Settle();
        Assert.Equal(["gap ConnectionLost", "heard"], events);
        client.Dispose();
        publisher.Dispose();
        var disposal = other.DisposeAsync();
        world.Settle();
        Assert.True(disposal.IsCompleted);
    }

    [Fact]
    public void Without_one_nothing_is_too_long()
    {
        using var world = new World(server: o => o with { IdleTimeout = Timeout.InfiniteTimeSpan });
        var raw = new RawServer(world, "far", Welcome(Timeout.InfiniteTimeSpan));
        var states = world.Watch(world.Client("c", o => o with { Servers = ["far:4809"], IdleTimeout = Timeout.InfiniteTimeSpan }));
        var wire = world.DialRaw(Hello());
        world.Advance(TimeSpan.FromDays(2));
        Assert.Equal(2, states.Count);
        Assert.Null(wire.End);
        Assert.Null(raw.Tap.End);
    }

    [Fact]
    public void A_shorter_one_of_the_server_holds_once_the_client_has_acknowledged_it()
    {
        using var world = new World();
        var wire = world.DialRaw(Hello());
        world.AdvanceTo(Ticks(1));
        world.Server.Configure(world.Server.Options with { IdleTimeout = Sec(6) });
        world.AdvanceTo(Ticks(20)); // not acknowledged: 30 seconds hold
        Assert.Null(wire.End);
        Assert.Equal(6000ul, Assert.Single(wire.Of(FrameKind.IdleTimeout)).Number);
        wire.Send(Frames.Number(FrameKind.IdleTimeoutAck, 6000));
        world.AdvanceTo(Ticks(26) + Latency.Ticks + Latency.Ticks - 1);
        Assert.Null(wire.End);
        world.AdvanceTo(Ticks(26) + (2 * Latency.Ticks));
        Assert.Equal(Ticks(26) + (2 * Latency.Ticks), wire.End!.Value.Time);
    }

    [Fact]
    public void A_shorter_one_of_the_client_holds_once_the_server_has_acknowledged_it()
    {
        using var world = new World();
        var raw = new RawServer(world, "far", Welcome());
        var client = world.Client("c", o => o with { Servers = ["far:4809"] });
        var states = world.Watch(client);
        world.AdvanceTo(Ticks(1));
        client.Configure(client.Options with { IdleTimeout = Sec(6) });
        world.AdvanceTo(Ticks(20));
        Assert.Equal(2, states.Count);
        Assert.Equal(6000ul, Assert.Single(raw.Tap.Of(FrameKind.IdleTimeout)).Number);
        raw.Tap.Send(Frames.Number(FrameKind.IdleTimeoutAck, 6000));
        world.AdvanceTo(Ticks(26) + Latency.Ticks - 1);
        Assert.Equal(2, states.Count);
        world.AdvanceTo(Ticks(26) + Latency.Ticks);
        Assert.Equal((MsgcCause.Idle, Ticks(26) + Latency.Ticks), (states[^1].Cause, states[^1].Time));
    }

    [Fact]
    public void A_longer_one_holds_at_once_on_both_ends()
    {
        using var world = new World();
        var raw = new RawServer(world, "far", Welcome());
        var client = world.Client("c", o => o with { Servers = ["far:4809"] });
        var states = world.Watch(client);
        var wire = world.DialRaw(Hello());
        world.AdvanceTo(Ticks(29));
        client.Configure(client.Options with { IdleTimeout = Sec(40) });
        world.Server.Configure(world.Server.Options with { IdleTimeout = Sec(40) });
        world.AdvanceTo(Ticks(40));
        Assert.Equal(2, states.Count);
        Assert.Null(wire.End);
        world.AdvanceTo(Ticks(41));
        Assert.Equal((MsgcCause.Idle, Ticks(40) + (4 * Latency.Ticks)), (states[2].Cause, states[2].Time));
        Assert.Equal(Ticks(40) + (4 * Latency.Ticks), wire.End!.Value.Time); // heard at 3 L, and L on the way
        Assert.Equal(40000ul, Assert.Single(raw.Wires[0].Of(FrameKind.IdleTimeout)).Number);
    }

    [Fact]
    public void An_acknowledgement_of_a_timeout_that_has_changed_again_is_not_believed()
    {
        using var world = new World();
        var wire = world.DialRaw(Hello());
        world.AdvanceTo(Ticks(1));
        world.Server.Configure(world.Server.Options with { IdleTimeout = Sec(6) });
        world.Server.Configure(world.Server.Options with { IdleTimeout = Sec(12) });
        world.Settle();
        Assert.Equal([6000ul, 12000ul], wire.Of(FrameKind.IdleTimeout).Select(f => f.Number));
        wire.Send(Frames.Number(FrameKind.IdleTimeoutAck, 6000));
        world.Advance(Sec(20));
        Assert.Null(wire.End); // 30 still hold
        wire.Send(Frames.Number(FrameKind.IdleTimeoutAck, 12000));
        var heard = world.Scheduler.Clock + Latency.Ticks;
        world.Advance(Sec(13));
        Assert.Equal(heard + Ticks(12) + Latency.Ticks, wire.End!.Value.Time);
    }

    [Fact]
    public void A_shorter_one_set_during_the_handshake_is_agreed_after_it()
    {
        // hello says 30 s; 6 s are set before the welcome comes
        using var world = new World();
        var raw = new RawServer(world, "far", welcome: null);
        var client = world.Client("c", o => o with { Servers = ["far:4809"] });
        var states = world.Watch(client);
        world.AdvanceTo(Ticks(1));
        client.Configure(client.Options with { IdleTimeout = Sec(6) });
        raw.Tap.Send(Welcome().Write());
        world.AdvanceTo(Ticks(2));
        Assert.Equal(6000ul, Assert.Single(raw.Tap.Of(FrameKind.IdleTimeout)).Number);
        raw.Tap.Send(Frames.Number(FrameKind.IdleTimeoutAck, 6000));
        world.AdvanceTo(Ticks(9));
        Assert.Equal((MsgcCause.Idle, Ticks(8) + Latency.Ticks), (states[^1].Cause, states[^1].Time));
    }

    [Fact]
    public void A_servers_shorter_one_set_before_the_hello_is_in_the_welcome_and_holds_after_the_acknowledgement()
    {
        using var world = new World();
        var wire = world.DialRaw(hello: null);
        world.AdvanceTo(Ticks(1));
        world.Server.Configure(world.Server.Options with { IdleTimeout = Sec(6) });
        wire.Send(Hello().Write());
        world.AdvanceTo(Ticks(2));
        Assert.Equal(Sec(6), WelcomeFrame.Read(new Frame(Assert.Single(wire.Of(FrameKind.Welcome)).Bytes), out _)!.IdleTimeout);
        if (wire.Of(FrameKind.IdleTimeout).Any()) wire.Send(Frames.Number(FrameKind.IdleTimeoutAck, 6000));
        else wire.Send(NoOp());
        world.AdvanceTo(Ticks(9));
        Assert.Equal(Ticks(8) + (2 * Latency.Ticks), wire.End!.Value.Time);
    }

    [Fact]
    public void While_an_observer_keeps_a_client_from_reading_its_own_clock_stands_still_and_then_starts_anew()
    {
        using var world = new World();
        var raw = new RawServer(world, "far", Welcome());
        var gate = new GatedScheduler(world.Scheduler) { IsClosed = true };
        var client = world.Client("c", o => o with { Servers = ["far:4809"], Scheduler = gate });
        var states = world.Watch(client);
        using var observing = client.Group("x").Observe(1, BoundedChannelFullMode.Wait).Subscribe(_ => { });
        world.AdvanceTo(Ticks(1));
        raw.Tap.Send(Message("x", 100));
        world.AdvanceTo(Ticks(500)); // the server has fallen silent, and the client does not even look
        Assert.Equal(2, states.Count);
        gate.Open();
        world.AdvanceTo(Ticks(530) - 1);
        Assert.Equal(2, states.Count);
        world.AdvanceTo(Ticks(530));
        Assert.Equal((MsgcCause.Idle, Ticks(530)), (states[^1].Cause, states[^1].Time));
    }

    [Fact]
    public void While_a_stalled_member_keeps_a_server_from_reading_a_publisher_that_ones_clock_stands_still()
    {
        // The member reads nothing: its queue is half full after 4 messages, and the publisher is not read for the stall's 100 seconds.
        RecordingLogs logs = null!;
        using var world = new World(server: o => o with
        {
            MaxBacklog = 8, StallTimeout = Sec(100), LoggerFactory = logs = new RecordingLogs(() => (VirtualScheduler)o.Scheduler!),
        });
        world.Network.WindowBytes = 1024;
        var member = world.DialRaw(Hello(client: 1), "m", reads: false);
        member.Send(Named(FrameKind.Join, "x"));
        world.Settle();
        var publisher = world.DialRaw(Hello(Timeout.InfiniteTimeSpan));
        for (ulong i = 1; i <= 20; i++) publisher.Send(Message("x", 400, i));
        world.Settle();
        var stalled = world.Scheduler.Clock;
        for (var i = 0; i < 5; i++)
        {
            world.Advance(Sec(20));
            member.Send(NoOp());
            Assert.Null(publisher.End);
        }
        world.Settle(); // the stall has expired, the member is killed, and the publisher is read again
        Assert.Single(logs.Of(9));
        world.Advance(Sec(29.9));
        Assert.Null(publisher.End);
        world.Advance(Sec(0.2));
        Assert.InRange(publisher.End!.Value.Time, stalled + Ticks(129.9), stalled + Ticks(130.1));
    }

    [Fact]
    public void Time_inside_a_handler_does_not_count()
    {
        // The handler takes 45 seconds: under virtual time it moves the clock itself, and everything due meanwhile is late.
        using var world = new World(server: o => o with { IdleTimeout = Timeout.InfiniteTimeSpan });
        MsgcClient member = world.Client("m"), publisher = world.Client("p", o => o with { IdleTimeout = Timeout.InfiniteTimeSpan });
        var states = world.Watch(member);
        using var joined = member.Group("x").Subscribe(_ => world.Scheduler.Sleep(Ticks(45)));
        world.AdvanceTo(Ticks(3));
        publisher.Group("x").Publish("long");
        world.Advance(Sec(80)); // 45 of them in the handler; keepalives come again afterwards
        Assert.Equal(2, states.Count);
        world.Network.Mute("m", "server");
        world.Advance(Sec(31));
        Assert.Equal(MsgcCause.Idle, states[2].Cause);
    }
}
