namespace Msgc.Reactive.Tests.Testing;

/// <summary>Connections that break after a byte.</summary>
public sealed class SimulatedCutTests
{
    private const long Latency = NetworkFixture.Latency;

    public static TheoryData<Clock> Both => [Clock.TestScheduler, Clock.VirtualScheduler];

    [Theory, MemberData(nameof(Both))]
    public void A_cut_lets_exactly_its_bytes_pass_and_breaks_the_connection_that_carried_the_last(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var first = net.Connect();
        var second = net.Connect();
        net.Network.BreakAfter("a", "b", 1);
        net.Network.BreakAfter("a", "b", 25);
        var start = net.Scheduler.Clock;
        first.Far.Send(NetworkFixture.Bytes(100));
        first.Near.Send(NetworkFixture.Bytes(10));
        net.Scheduler.AdvanceBy(10);
        second.Near.Send(NetworkFixture.Bytes(20));
        net.Scheduler.AdvanceBy(10);
        first.Near.Send(NetworkFixture.Bytes(10, 10));
        net.Scheduler.AdvanceBy(10 * Latency);

        var end = start + 10 + Latency;
        Assert.Equal(NetworkFixture.Bytes(15), second.Far.Received);
        Assert.Equal((end + net.Hop, MsgcCause.Transport), second.Far.End);
        Assert.Equal((end + net.Hop, MsgcCause.Transport), second.Near.End);
        Assert.Equal(NetworkFixture.Bytes(20), first.Far.Received);
        Assert.Equal(NetworkFixture.Bytes(100), first.Near.Received);
        Assert.Null(first.Near.End);
        var third = net.Connect();
        third.Near.Send(NetworkFixture.Bytes(1_000));
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Equal(1_000, third.Far.Received.Count);
        Assert.Equal((2, 0), (net.Network.Connections, net.Network.PendingActions));
    }

    [Theory, MemberData(nameof(Both))]
    public void A_cut_at_the_end_of_a_segment_comes_before_the_next_one(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var (near, far) = net.Connect();
        net.Network.BreakAfter("a", "b", 10);
        near.Send(NetworkFixture.Bytes(10));
        net.Scheduler.AdvanceBy(10 * Latency);

        Assert.Equal(10, far.Received.Count);
        Assert.Equal((MsgcCause.Transport, MsgcCause.Transport), (near.End?.Cause, far.End?.Cause));
    }

    [Theory, MemberData(nameof(Both))]
    public void A_cut_takes_from_a_receiver_that_does_not_read_what_it_had_not_read(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var (near, far) = net.Connect();
        net.Network.BreakAfter("a", "b", 10);
        far.Connection.Pause();
        near.Send(NetworkFixture.Bytes(20));
        net.Scheduler.AdvanceBy(10 * Latency);

        Assert.Empty(far.Blocks);
        Assert.Equal(MsgcCause.Transport, far.End?.Cause);
    }

    [Theory, MemberData(nameof(Both))]
    public void A_cut_counts_what_was_muted_when_it_is_sent_again(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var (near, far) = net.Connect();
        net.Network.BreakAfter("a", "b", 25);
        net.Network.MuteOneWay("a", "b");
        for (var i = 0; i < 4; i++)
        {
            near.Send(NetworkFixture.Bytes(10, 10 * i));
            net.Scheduler.AdvanceBy(2 * Latency);
        }
        Assert.Null(near.End);

        net.Network.UnmuteOneWay("a", "b");
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Equal(NetworkFixture.Bytes(25), far.Received);
        Assert.Equal(MsgcCause.Transport, far.End?.Cause);
        Assert.Throws<ArgumentOutOfRangeException>(() => net.Network.BreakAfter("a", "b", 0));
    }
}
