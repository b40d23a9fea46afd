using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Testing;

/// <summary>Bandwidth, to the tick.</summary>
public sealed class SimulatedPaceTests
{
    private const long Latency = NetworkFixture.Latency;

    public static TheoryData<Clock> Both => [Clock.TestScheduler, Clock.VirtualScheduler];

    [Theory, MemberData(nameof(Both))]
    public void A_segment_leaves_when_those_before_it_have_left_also_those_of_other_connections(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var first = net.Connect();
        var second = net.Connect();
        var start = net.Scheduler.Clock;
        net.Network.SetBandwidth("a", "b", 10_000_000 / 10); // a byte is 10 ticks
        first.Near.Send(NetworkFixture.Bytes(50));
        second.Near.Send(NetworkFixture.Bytes(30));
        first.Far.Send(NetworkFixture.Bytes(500));
        net.Scheduler.AdvanceBy(600);
        first.Near.Send(NetworkFixture.Bytes(20, 50));
        net.Scheduler.AdvanceBy(10 * Latency);

        Assert.Equal([(start + 500 + Latency, 50), (start + 1_000 + Latency, 20)], first.Far.Blocks);
        Assert.Equal([(start + 800 + Latency, 30)], second.Far.Blocks);
        Assert.Equal([(start + Latency, 500)], first.Near.Blocks); // the way back has a bandwidth of its own
        Assert.Equal(NetworkFixture.Bytes(70), first.Far.Received);
    }

    [Theory, MemberData(nameof(Both))]
    public void A_wire_that_was_idle_does_not_save_up(Clock clock)
    {
        var net = new NetworkFixture(clock);
        net.Network.SetBandwidth(10_000_000 / 10);
        var (near, far) = net.Connect();
        near.Send(NetworkFixture.Bytes(1));
        net.Scheduler.AdvanceBy(100 * Latency);
        var start = net.Scheduler.Clock;
        near.Send(NetworkFixture.Bytes(100));
        net.Scheduler.AdvanceBy(10 * Latency);

        Assert.Equal((start + 1_000 + Latency, 100), far.Blocks[1]);
    }

    [Theory, MemberData(nameof(Both))]
    public void Times_are_rounded_up_and_an_end_comes_behind_the_bytes(Clock clock)
    {
        var net = new NetworkFixture(clock);
        net.Network.SetBandwidth(3_000_000); // a byte is 3 1/3 ticks
        var (near, far) = net.Connect();
        var start = net.Scheduler.Clock;
        near.Send(NetworkFixture.Bytes(2));
        near.Connection.Abort(MsgcCause.Closed);
        net.Scheduler.AdvanceBy(10 * Latency);

        Assert.Equal([(start + 7 + Latency, 2)], far.Blocks);
        Assert.Equal((start + 7 + Latency + net.Hop, MsgcCause.Closed), far.End);
    }

    [Theory, MemberData(nameof(Both))]
    public void A_long_send_takes_no_less_than_its_bandwidth_says_whatever_the_window(Clock clock)
    {
        var net = new NetworkFixture(clock);
        net.Network.WindowBytes = 700;
        net.Network.SetBandwidth("a", "b", 1_000_000);
        var (near, far) = net.Connect();
        var start = net.Scheduler.Clock;
        near.Send(NetworkFixture.Bytes(100_000));
        net.Scheduler.AdvanceBy(10_000 * Latency);

        Assert.Equal(NetworkFixture.Bytes(100_000), far.Received);
        Assert.True(far.Blocks[^1].Time >= start + 1_000_000 + Latency);
    }

    [Theory, MemberData(nameof(Both))]
    public void After_a_change_what_is_under_way_keeps_its_time_and_counts_at_the_new_bandwidth_for_what_follows(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var first = net.Connect();
        var second = net.Connect();
        var third = net.Connect();
        var start = net.Scheduler.Clock;
        net.Network.SetBandwidth(10_000); // a byte is 1,000 ticks
        first.Near.Send(NetworkFixture.Bytes(100));
        net.Network.SetBandwidth(1_000_000); // 10 ticks
        second.Near.Send(NetworkFixture.Bytes(50));
        net.Network.SetBandwidth("a", "b", null);
        third.Near.Send(NetworkFixture.Bytes(50));
        first.Near.Connection.Abort(MsgcCause.Closed);
        net.Scheduler.AdvanceBy(200 * Latency);

        Assert.Equal([(start + 100_000 + Latency, 100)], first.Far.Blocks);
        Assert.Equal([(start + 1_500 + Latency, 50)], second.Far.Blocks);
        Assert.Equal([(start + Latency, 50)], third.Far.Blocks);
        Assert.Equal((start + 100_000 + Latency + net.Hop, MsgcCause.Closed), first.Far.End);
    }

    [Fact]
    public void A_bandwidth_of_nothing_is_refused()
    {
        var network = new NetworkFixture(Clock.VirtualScheduler).Network;
        Assert.Throws<ArgumentOutOfRangeException>(() => network.SetBandwidth(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => network.SetBandwidth("a", "b", -1));
    }
}
