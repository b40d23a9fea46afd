using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Testing;

/// <summary>Ends and faults.</summary>
public sealed class SimulatedFaultTests
{
    private const long Latency = NetworkFixture.Latency;
    private const long RoundTrip = NetworkFixture.RoundTrip;

    public static TheoryData<Clock> Both => [Clock.TestScheduler, Clock.VirtualScheduler];

    [Theory, MemberData(nameof(Both))]
    public void After_an_abort_accepted_bytes_arrive_and_then_the_far_end_closes(Clock clock)
    {
        var net = new NetworkFixture(clock);
        net.Network.WindowBytes = 100;
        var (near, far) = net.Connect();
        var start = net.Scheduler.Clock;
        near.Send(NetworkFixture.Bytes(250)); // 100 go, 100 are accepted, 50 are not
        near.Connection.Abort(MsgcCause.Idle);
        near.Connection.Abort(MsgcCause.Backlog);
        near.Connection.Send([NetworkFixture.Bytes(1)]);
        Assert.Null(near.End);
        net.Scheduler.AdvanceBy(10 * Latency);

        Assert.Equal((start + net.Hop, MsgcCause.Idle), near.End);
        Assert.Empty(near.SentAt);
        Assert.Equal([(start + Latency, 100), (start + (3 * Latency), 100)], far.Blocks);
        Assert.Equal((start + (3 * Latency) + net.Hop, MsgcCause.Closed), far.End);
        Assert.Equal((0, 0), (net.Network.Connections, net.Network.PendingActions));
    }

    [Theory, MemberData(nameof(Both))]
    public void A_paused_far_end_hears_of_the_end_only_after_it_has_read_on(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var (near, far) = net.Connect();
        far.Connection.Pause();
        near.Send(NetworkFixture.Bytes(30));
        near.Connection.Abort(MsgcCause.Closed);
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Null(far.End);
        Assert.Equal(1, net.Network.Connections);
        far.Send(NetworkFixture.Bytes(1 << 20)); // nobody reads it, and nothing waits for it
        net.Scheduler.AdvanceBy(100 * Latency);
        Assert.Single(far.SentAt);

        far.Connection.Resume();
        net.Scheduler.AdvanceBy(10);

        Assert.Equal(30, far.Received.Count);
        Assert.Equal(MsgcCause.Closed, far.End?.Cause);
        Assert.Equal((0, 0), (net.Network.Connections, net.Network.PendingActions));
    }

    [Theory, MemberData(nameof(Both))]
    public void An_abort_within_OnReceived_ends_the_delivery(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var (near, far) = net.Connect(bufferSize: 10);
        far.Receiving = _ => far.Connection.Abort(MsgcCause.Protocol);
        near.Send(NetworkFixture.Bytes(100));
        net.Scheduler.AdvanceBy(10 * Latency);

        Assert.Single(far.Blocks);
        Assert.Equal(MsgcCause.Protocol, far.End?.Cause);
        Assert.Equal(MsgcCause.Closed, near.End?.Cause);
    }

    [Theory, MemberData(nameof(Both))]
    public void A_break_ends_both_sides_of_what_is_between_two_hosts_and_of_nothing_else(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var first = net.Connect();
        var second = net.Connect();
        var third = net.Dial("c");
        net.Scheduler.AdvanceBy(RoundTrip);
        var other = new Peer(net.Scheduler, third.Connection!);
        other.Connection.Start(other);
        first.Near.Send(NetworkFixture.Bytes(5));
        var start = net.Scheduler.Clock;

        net.Network.Break("b", "a");
        Assert.Null(first.Near.End);
        net.Scheduler.AdvanceBy(10 * Latency);

        foreach (var peer in new[] { first.Near, first.Far, second.Near, second.Far })
        {
            Assert.Equal((start + net.Hop, MsgcCause.Transport), peer.End);
            Assert.IsType<IOException>(peer.Error);
        }
        Assert.Empty(first.Far.Blocks);
        Assert.Null(other.End);
        Assert.Equal((1, 0), (net.Network.Connections, net.Network.PendingActions));
        net.Connect();
        Assert.Equal(2, net.Network.Connections);
    }

    [Theory, MemberData(nameof(Both))]
    public void What_is_muted_vanishes_and_arrives_in_order_after_all_once_unmuted(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var (near, far) = net.Connect();
        near.Send(NetworkFixture.Bytes(10));
        net.Scheduler.AdvanceBy(Latency / 2);
        net.Network.Mute("a", "b");
        near.Send(NetworkFixture.Bytes(10, 10));
        far.Send(NetworkFixture.Bytes(3));
        var dialled = net.Dial();
        net.Scheduler.AdvanceBy(1_000 * Latency);
        Assert.Empty(far.Blocks);
        Assert.Empty(near.Blocks);
        Assert.Equal(2, near.SentAt.Count);
        Assert.Null(dialled.Time);
        Assert.Equal(0, net.Network.PendingActions);

        near.Send(NetworkFixture.Bytes(10, 20));
        net.Scheduler.AdvanceBy(Latency / 2);
        var start = net.Scheduler.Clock;
        net.Network.Unmute("a", "b");
        near.Send(NetworkFixture.Bytes(10, 30));
        net.Scheduler.AdvanceBy(10 * Latency);

        Assert.Equal(NetworkFixture.Bytes(40), far.Received);
        Assert.All(far.Blocks, b => Assert.Equal(start + Latency, b.Time));
        Assert.Equal([(start + Latency, 3)], near.Blocks);
        Assert.Equal(start + RoundTrip, dialled.Time);
        Assert.Equal(0, net.Network.PendingActions);
    }

    [Theory, MemberData(nameof(Both))]
    public void A_way_muted_alone_lets_through_what_comes_the_other_way(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var (near, far) = net.Connect();
        net.Network.MuteOneWay("a", "b");
        var start = net.Scheduler.Clock;
        near.Send(NetworkFixture.Bytes(10));
        far.Send(NetworkFixture.Bytes(3));
        net.Scheduler.AdvanceBy(1_000 * Latency);
        Assert.Empty(far.Blocks);
        Assert.Equal([(start + Latency, 3)], near.Blocks);

        far.Connection.Abort(MsgcCause.Closed);
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Equal(MsgcCause.Closed, near.End?.Cause);
        Assert.Equal(0, net.Network.PendingActions);
    }

    [Theory, MemberData(nameof(Both))]
    public void A_mute_is_both_ways_and_each_can_be_unmuted_alone(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var (near, far) = net.Connect();
        net.Network.Mute("a", "b");
        near.Send(NetworkFixture.Bytes(10));
        far.Send(NetworkFixture.Bytes(3));
        var dialled = net.Dial();
        net.Scheduler.AdvanceBy(10 * Latency);

        var start = net.Scheduler.Clock;
        net.Network.UnmuteOneWay("a", "b");
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Equal([(start + Latency, 10)], far.Blocks);
        Assert.Empty(near.Blocks);
        Assert.Null(dialled.Time); // its answer would go the muted way

        start = net.Scheduler.Clock;
        net.Network.UnmuteOneWay("b", "a");
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Equal([(start + Latency, 3)], near.Blocks);
        Assert.Equal(start + RoundTrip, dialled.Time);
    }

    [Theory, MemberData(nameof(Both))]
    public void News_of_the_window_goes_the_muted_way_so_the_sender_of_the_other_waits_in_the_end(Clock clock)
    {
        var net = new NetworkFixture(clock);
        net.Network.WindowBytes = 100;
        var (near, far) = net.Connect();
        net.Network.MuteOneWay("a", "b");
        far.Send(NetworkFixture.Bytes(300));
        net.Scheduler.AdvanceBy(1_000 * Latency);
        Assert.Equal(100, near.Received.Count);

        net.Network.UnmuteOneWay("a", "b");
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Equal(NetworkFixture.Bytes(300), near.Received);
    }

    [Theory, MemberData(nameof(Both))]
    public void Ends_are_muted_too(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var (near, far) = net.Connect();
        net.Network.Mute("a", "b");
        near.Send(NetworkFixture.Bytes(4));
        near.Connection.Abort(MsgcCause.Idle);
        net.Scheduler.AdvanceBy(1_000 * Latency);
        Assert.Equal(MsgcCause.Idle, near.End?.Cause);
        Assert.Null(far.End);

        var start = net.Scheduler.Clock;
        net.Network.Unmute("a", "b");
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Equal([(start + Latency, 4)], far.Blocks);
        Assert.Equal((start + Latency + net.Hop, MsgcCause.Closed), far.End);
    }

    [Theory, MemberData(nameof(Both))]
    public void A_sender_waits_while_the_news_of_the_window_is_muted(Clock clock)
    {
        var net = new NetworkFixture(clock);
        net.Network.WindowBytes = 100;
        var (near, far) = net.Connect();
        near.Send(NetworkFixture.Bytes(300));
        net.Scheduler.AdvanceBy(Latency); // 100 have arrived; the news is under way
        net.Network.Mute("a", "b");
        net.Scheduler.AdvanceBy(1_000 * Latency);
        Assert.Equal(100, far.Received.Count);
        Assert.Empty(near.SentAt);

        net.Network.Unmute("a", "b");
        net.Network.Mute("a", "b");
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Empty(near.SentAt);

        net.Network.Unmute("a", "b");
        net.Scheduler.AdvanceBy(100 * Latency);
        Assert.Equal(NetworkFixture.Bytes(300), far.Received);
        Assert.Single(near.SentAt);
        Assert.Equal(0, net.Network.PendingActions);
    }

    [Theory, MemberData(nameof(Both))]
    public void News_of_the_window_lost_in_a_short_mute_comes_one_latency_after_it(Clock clock)
    {
        var net = new NetworkFixture(clock);
        net.Network.WindowBytes = 100;
        var (near, far) = net.Connect();
        var start = net.Scheduler.Clock;
        near.Send(NetworkFixture.Bytes(200));
        net.Scheduler.AdvanceTo(start + 1_500);
        net.Network.Mute("a", "b");
        net.Scheduler.AdvanceTo(start + 1_600);
        net.Network.Unmute("a", "b");
        net.Scheduler.AdvanceBy(10 * Latency);

        Assert.Equal([(start + 1_000, 100), (start + 3_600, 100)], far.Blocks);
    }

    [Theory, MemberData(nameof(Both))]
    public void A_host_that_refuses_or_swallows_connects_keeps_its_live_connections(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var (near, far) = net.Connect();
        net.Network.Refuse("b");
        var refused = net.Dial();
        net.Scheduler.AdvanceBy(RoundTrip);
        Assert.IsType<MsgcConnectionException>(refused.Error);

        net.Network.Swallow("b");
        var hanging = net.Dial();
        var givenUp = net.Dial();
        net.Scheduler.AdvanceBy(1_000 * Latency);
        Assert.Null(hanging.Time);
        Assert.Equal(0, net.Network.PendingActions);
        givenUp.Dispose();

        var start = net.Scheduler.Clock;
        net.Network.Accept("b");
        near.Send(NetworkFixture.Bytes(1));
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Equal(start + RoundTrip, hanging.Time);
        Assert.Null(givenUp.Time);
        Assert.Single(far.Blocks);
        Assert.Equal(2, net.Network.Connections);
    }
}
