using System.Reactive.Linq;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Testing;

/// <summary>The finite window: what a pausing receiver does to the sender, to the byte and to the tick.</summary>
public sealed class SimulatedWindowTests
{
    private const long Latency = NetworkFixture.Latency;
    private const int Window = 1_000;

    public static TheoryData<Clock> Both => [Clock.TestScheduler, Clock.VirtualScheduler];

    [Theory]
    [InlineData(Clock.TestScheduler, 2 * Window, true)]
    [InlineData(Clock.VirtualScheduler, 2 * Window, true)]
    [InlineData(Clock.TestScheduler, (2 * Window) + 1, false)]
    [InlineData(Clock.VirtualScheduler, (2 * Window) + 1, false)]
    public void A_paused_receiver_takes_both_buffers_and_not_one_byte_more(Clock clock, int bytes, bool sent)
    {
        var net = Make(clock);
        var (near, far) = net.Connect();
        far.Connection.Pause();
        near.Send(NetworkFixture.Bytes(bytes));
        net.Scheduler.AdvanceBy(100 * Latency);

        Assert.Equal(sent, near.SentAt.Count == 1);
        Assert.Empty(far.Blocks);
        Assert.Equal(0, net.Network.PendingActions);

        far.Connection.Resume();
        net.Scheduler.AdvanceBy(100 * Latency);
        Assert.Single(near.SentAt);
        Assert.Equal(NetworkFixture.Bytes(bytes), far.Received);
    }

    [Theory, MemberData(nameof(Both))]
    public void A_listeners_changed_buffer_size_is_for_what_it_accepts_from_then_on(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var (before, _) = net.Connect(startFar: false);
        net.Listener!.Options = net.Listener.Options with { TcpBufferSize = 500 };
        var (after, _) = net.Connect(startFar: false);
        var left = new List<int>();
        using var sent = net.Network.Events.Where(e => e.Kind == NetworkEventKind.Sent).Subscribe(e => left.Add(e.Bytes));
        before.Send(NetworkFixture.Bytes(200_000));
        after.Send(NetworkFixture.Bytes(200_000));
        net.Scheduler.AdvanceBy(100 * Latency);
        Assert.Equal([131_072, 500], left); // what the far end's receive buffer takes
    }

    [Theory, MemberData(nameof(Both))]
    public void Room_made_is_known_to_the_sender_one_latency_later(Clock clock)
    {
        var net = Make(clock);
        net.Network.SetLatency("b", "a", TimeSpan.FromTicks(300));
        var (near, far) = net.Connect();
        far.Connection.Pause();
        near.Send(NetworkFixture.Bytes(2_500));
        net.Scheduler.AdvanceBy(100 * Latency);
        var resumed = net.Scheduler.Clock;

        far.Connection.Resume();
        net.Scheduler.AdvanceBy(100 * Latency);

        var first = resumed + net.Hop;      // what had filled the receive buffer
        var room = first + 300;             // the sender learns, sends its buffer's 1,000 and accepts the last 500
        var second = room + Latency;
        var third = second + 300 + Latency;
        Assert.Equal([(first, 1_000), (second, 1_000), (third, 500)], far.Blocks);
        Assert.Equal([room + net.Hop], near.SentAt);
        Assert.Equal(NetworkFixture.Bytes(2_500), far.Received);
    }

    [Theory, MemberData(nameof(Both))]
    public void Room_is_not_used_before_the_news_of_it_is_there(Clock clock)
    {
        var net = Make(clock);
        var (near, far) = net.Connect();
        var start = net.Scheduler.Clock;
        near.Send(NetworkFixture.Bytes(Window));
        net.Scheduler.AdvanceBy(Latency * 3 / 2);
        near.Send(NetworkFixture.Bytes(Window));
        net.Scheduler.AdvanceBy(10 * Latency);

        Assert.Equal([start + net.Hop, start + (Latency * 3 / 2) + net.Hop], near.SentAt);
        Assert.Equal([(start + Latency, Window), (start + (3 * Latency), Window)], far.Blocks);
    }

    [Theory, MemberData(nameof(Both))]
    public void Throughput_is_one_window_in_a_round_trip(Clock clock)
    {
        var net = Make(clock);
        var (near, far) = net.Connect();
        var start = net.Scheduler.Clock;
        near.Send(NetworkFixture.Bytes(10 * Window));
        net.Scheduler.AdvanceBy(100 * Latency);

        Assert.Equal(Enumerable.Range(0, 10).Select(i => (start + Latency + (2 * Latency * i), Window)), far.Blocks);
        Assert.Equal(NetworkFixture.Bytes(10 * Window), far.Received);
    }

    [Theory, MemberData(nameof(Both))]
    public void A_pause_within_OnReceived_stops_after_that_block_and_a_resume_goes_on(Clock clock)
    {
        var net = Make(clock);
        var (near, far) = net.Connect(bufferSize: 100);
        far.Receiving = _ =>
        {
            far.Connection.Pause();
            if (far.Blocks.Count < 3) far.Connection.Resume();
        };
        near.Send(NetworkFixture.Bytes(500));
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Equal(300, far.Received.Count);

        far.Receiving = null;
        far.Connection.Resume();
        Assert.Equal(300, far.Received.Count);
        net.Scheduler.AdvanceBy(1);
        Assert.Equal(NetworkFixture.Bytes(500), far.Received);
    }

    [Theory, MemberData(nameof(Both))]
    public void Socket_options_give_the_window_when_the_network_does_not(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var (near, far) = net.Connect();
        far.Connection.Pause();
        near.Send(NetworkFixture.Bytes(2 * 131072));
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Single(near.SentAt);
        near.Send(NetworkFixture.Bytes(1));
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Single(near.SentAt);
    }

    [Theory]
    [InlineData(Clock.TestScheduler, Chunking.SingleBytes)]
    [InlineData(Clock.VirtualScheduler, Chunking.SingleBytes)]
    [InlineData(Clock.TestScheduler, Chunking.Random)]
    [InlineData(Clock.VirtualScheduler, Chunking.Random)]
    public void Bytes_survive_any_pattern_of_sends_pauses_and_chunks(Clock clock, Chunking chunking)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var net = new NetworkFixture(clock, (ulong)seed);
            net.Network.WindowBytes = 50;
            net.Network.Chunking = chunking;
            net.Network.SetLatency(SimulatedLatency.Uniform(TimeSpan.FromTicks(Latency), TimeSpan.FromTicks(Latency + 400)));
            var (near, far) = Connect(net);
            var random = new Random(seed);
            var total = 0;
            var sends = 0;
            for (var i = 0; i < 400; i++)
            {
                if (random.Next(3) == 0) far.Connection.Pause();
                else far.Connection.Resume();
                if (near.SentAt.Count == sends)
                {
                    var parts = Enumerable.Range(0, random.Next(4)).Select(_ =>
                    {
                        var part = NetworkFixture.Bytes(random.Next(60), total);
                        total += part.Length;
                        return part;
                    }).ToArray();
                    near.Send(parts);
                    sends++;
                }
                net.Scheduler.AdvanceBy(random.Next(1, 900));
            }
            far.Connection.Resume();
            near.Connection.Abort(MsgcCause.Closed);
            net.Scheduler.AdvanceBy(1_000 * Latency);

            // The abort dropped what had not been accepted; all before it arrives, in order.
            Assert.Equal(NetworkFixture.Bytes(far.Received.Count), far.Received);
            Assert.InRange(far.Received.Count, total - 300, total);
            Assert.Equal(MsgcCause.Closed, far.End?.Cause);
            Assert.Equal((0, 0), (net.Network.Connections, net.Network.PendingActions));
        }

        static (Peer Near, Peer Far) Connect(NetworkFixture net)
        {
            var dialled = net.Dial();
            net.Scheduler.AdvanceBy(10 * Latency);
            var near = new Peer(net.Scheduler, dialled.Connection!);
            var far = new Peer(net.Scheduler, net.Accepted[^1]);
            near.Connection.Start(near);
            far.Connection.Start(far);
            return (near, far);
        }
    }

    private static NetworkFixture Make(Clock clock)
    {
        var net = new NetworkFixture(clock);
        net.Network.WindowBytes = Window;
        return net;
    }
}
