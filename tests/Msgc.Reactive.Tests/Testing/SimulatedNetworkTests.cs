using Msgc.Reactive.Testing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Tests.Testing;

/// <summary>Connects, listeners, and bytes: when, in which order and in which blocks they arrive.</summary>
public sealed class SimulatedNetworkTests
{
    private const long Latency = NetworkFixture.Latency;
    private const long RoundTrip = NetworkFixture.RoundTrip;

    public static TheoryData<Clock> Both => [Clock.TestScheduler, Clock.VirtualScheduler];

    [Theory, MemberData(nameof(Both))]
    public void A_connect_takes_one_round_trip_then_accepts_then_emits(Clock clock)
    {
        var net = new NetworkFixture(clock, listening: false);
        var order = new List<string>();
        var listener = net.Network.Host("b").Listen(MsgcEndpoint.Parse("b:1"), new MsgcSocketOptions());
        listener.Start(c => order.Add($"accept {c.RemoteAddress} {net.Scheduler.Clock}"));
        net.Network.Host("a").Dial(MsgcEndpoint.Parse("b:1"), new MsgcSocketOptions()).Subscribe(c => order.Add($"dial {c.RemoteAddress} {net.Scheduler.Clock}"));

        net.Scheduler.AdvanceTo(RoundTrip - 1);
        Assert.Empty(order);
        net.Scheduler.AdvanceTo(RoundTrip);

        Assert.Equal([$"accept a:32768 {RoundTrip}", $"dial b:1 {RoundTrip}"], order);
        Assert.Equal(1, net.Network.Connections);
        Assert.Equal(0, net.Network.PendingActions);
    }

    [Theory, MemberData(nameof(Both))]
    public void A_dial_to_nothing_is_refused_after_a_round_trip(Clock clock)
    {
        var net = new NetworkFixture(clock, listening: false);
        net.Network.SetLatency("a", "b", TimeSpan.FromTicks(300));
        var unknownPort = net.Dial();
        var unknownHost = net.Dial("a", "nowhere:7");

        net.Scheduler.AdvanceTo(10_000);

        var error = Assert.IsType<MsgcConnectionException>(unknownPort.Error);
        Assert.Equal("Cannot connect to b:1: connection refused", error.Message);
        Assert.Equal(MsgcCause.Transport, error.Cause);
        Assert.Equal(300 + Latency, unknownPort.Time);
        Assert.IsType<MsgcConnectionException>(unknownHost.Error);
        Assert.Equal(0, net.Network.Connections);
    }

    [Theory, MemberData(nameof(Both))]
    public void Local_names_and_unix_sockets_mean_the_host_itself(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var host = net.Network.Host("a");
        var accepted = new List<string>();
        foreach (var endpoint in new[] { "*:5", "127.0.0.1:6", "localhost:7", "a:8", "/run/msgc" })
            host.Listen(MsgcEndpoint.Parse(endpoint), new MsgcSocketOptions()).Start(c => accepted.Add(c.RemoteAddress));
        var dials = new[] { "localhost:5", "a:6", "*:7", "127.0.0.1:8", "/run/msgc" }.Select(e => net.Dial("a", e)).ToList();
        var elsewhere = net.Dial("b", "localhost:5");

        net.Scheduler.AdvanceTo(RoundTrip);

        Assert.All(dials, static dial => Assert.NotNull(dial.Connection));
        Assert.NotNull(elsewhere.Error);
        Assert.Equal(["a:32768", "a:32769", "a:32770", "a:32771", "/run/msgc#1"], accepted);
    }

    [Fact]
    public void Listening_finds_free_ports_and_refuses_what_cannot_be_bound()
    {
        var host = new NetworkFixture(Clock.VirtualScheduler).Network.Host("b");
        var first = host.Listen(MsgcEndpoint.Parse("*:0"), new MsgcSocketOptions());
        var second = host.Listen(MsgcEndpoint.Parse("b:0"), new MsgcSocketOptions());
        Assert.Equal(["*:49152", "b:49153"], new[] { first.Endpoint.ToString(), second.Endpoint.ToString() });

        var taken = Assert.Throws<MsgcConnectionException>(() => host.Listen(MsgcEndpoint.Parse("localhost:49152"), new MsgcSocketOptions()));
        Assert.Equal("Cannot listen on localhost:49152: the address is in use", taken.Message);
        var foreign = Assert.Throws<MsgcConnectionException>(() => host.Listen(MsgcEndpoint.Parse("a:9"), new MsgcSocketOptions()));
        Assert.Equal("Cannot listen on a:9: it is not an address of host 'b'", foreign.Message);

        first.Dispose();
        Assert.Equal(49152, host.Listen(MsgcEndpoint.Parse("*:0"), new MsgcSocketOptions()).Endpoint.Port);
    }

    [Theory, MemberData(nameof(Both))]
    public void Connections_wait_for_a_listener_that_starts_late_and_die_with_one_that_never_does(Clock clock)
    {
        var net = new NetworkFixture(clock, listening: false);
        var late = net.Network.Host("b").Listen(MsgcEndpoint.Parse("b:1"), new MsgcSocketOptions());
        var never = net.Network.Host("b").Listen(MsgcEndpoint.Parse("b:2"), new MsgcSocketOptions());
        net.Dial();
        var orphan = net.Dial("a", "b:2");
        net.Scheduler.AdvanceTo(RoundTrip);
        var peer = new Peer(net.Scheduler, orphan.Connection!);
        orphan.Connection!.Start(peer);

        late.Start(net.Accepted.Add);
        never.Dispose();
        Assert.Empty(net.Accepted);
        net.Scheduler.AdvanceBy(10);

        Assert.Single(net.Accepted);
        Assert.Equal(MsgcCause.Transport, peer.End?.Cause);
        Assert.Equal(1, net.Network.Connections);
    }

    [Theory, MemberData(nameof(Both))]
    public void Disposing_the_dial_aborts_it_or_its_connection(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var early = net.Dial();
        early.Dispose();
        var late = net.Dial();
        net.Scheduler.AdvanceTo(RoundTrip);
        Assert.Null(early.Connection);
        var far = new Peer(net.Scheduler, Assert.Single(net.Accepted));
        far.Connection.Start(far);

        late.Dispose();
        net.Scheduler.AdvanceTo(2 * RoundTrip);

        Assert.Equal((RoundTrip + Latency + net.Hop, MsgcCause.Closed), far.End);
        Assert.Equal(0, net.Network.Connections);
        Assert.Equal(0, net.Network.PendingActions);
    }

    [Theory, MemberData(nameof(Both))]
    public void Bytes_arrive_in_order_one_latency_after_the_send_and_never_inline(Clock clock)
    {
        var net = new NetworkFixture(clock);
        net.Network.SetLatency("a", "b", TimeSpan.FromTicks(700));
        var (near, far) = net.Connect();
        var start = net.Scheduler.Clock;
        near.Send(NetworkFixture.Bytes(10), NetworkFixture.Bytes(0), NetworkFixture.Bytes(5, 10));
        Assert.Empty(near.SentAt);
        net.Scheduler.AdvanceBy(1);
        Assert.Equal([start + net.Hop], near.SentAt);
        near.Send(NetworkFixture.Bytes(3, 15));
        far.Send(NetworkFixture.Bytes(4));
        net.Scheduler.AdvanceBy(RoundTrip);

        Assert.Equal([(start + 700, 15), (start + 701, 3)], far.Blocks);
        Assert.Equal(NetworkFixture.Bytes(18), far.Received);
        Assert.Equal([(start + 1 + Latency, 4)], near.Blocks);
        Assert.Equal(0, net.Network.PendingActions);
    }

    [Theory, MemberData(nameof(Both))]
    public void Buffers_are_the_callers_again_after_OnSent_and_an_empty_batch_is_sent_too(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var (near, far) = net.Connect();
        var buffer = NetworkFixture.Bytes(100);
        near.Send(buffer);
        net.Scheduler.AdvanceBy(1);
        Array.Clear(buffer);
        near.Send();
        net.Scheduler.AdvanceBy(Latency);

        Assert.Equal(2, near.SentAt.Count);
        Assert.Equal(NetworkFixture.Bytes(100), far.Received);
    }

    [Theory, MemberData(nameof(Both))]
    public void A_shorter_or_varying_latency_never_reorders(Clock clock)
    {
        var net = new NetworkFixture(clock, seed: 3);
        var (near, far) = net.Connect();
        net.Network.SetLatency("a", "b", SimulatedLatency.Uniform(TimeSpan.FromTicks(Latency), TimeSpan.FromTicks(Latency + 50)));
        for (var i = 0; i < 200; i++)
        {
            near.Send(NetworkFixture.Bytes(7, 7 * i));
            net.Scheduler.AdvanceBy(10);
            if (i == 100) net.Network.SetLatency("a", "b", TimeSpan.FromTicks(1));
        }
        net.Scheduler.AdvanceBy(100_000);

        Assert.Equal(NetworkFixture.Bytes(1_400), far.Received);
        Assert.True(far.Blocks.Select(static b => b.Time).Distinct().Count() > 10);
    }

    [Theory, MemberData(nameof(Both))]
    public void What_is_under_way_keeps_its_time_and_what_follows_waits_for_it(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var (near, far) = net.Connect();
        var start = net.Scheduler.Clock;
        near.Send(NetworkFixture.Bytes(5));
        net.Scheduler.AdvanceBy(10);
        net.Network.SetLatency(TimeSpan.FromTicks(1));
        near.Send(NetworkFixture.Bytes(6, 5));
        net.Scheduler.AdvanceBy(RoundTrip);

        Assert.Equal([(start + Latency, 5), (start + Latency, 6)], far.Blocks);
        Assert.Equal(NetworkFixture.Bytes(11), far.Received);
    }

    [Theory, MemberData(nameof(Both))]
    public void Bytes_are_cut_as_the_policy_says(Clock clock)
    {
        var net = new NetworkFixture(clock, seed: 5);
        var (near, far) = net.Connect(bufferSize: 64);
        Assert.Equal([64, 36], Sizes(Chunking.Whole));
        Assert.Equal(Enumerable.Repeat(1, 100), Sizes(Chunking.SingleBytes));
        var random = Sizes(Chunking.Random);
        Assert.Equal(100, random.Sum());
        Assert.True(random.Distinct().Count() > 2);
        Assert.Single(far.Blocks.Select(static b => b.Time).Distinct());

        List<int> Sizes(Chunking chunking)
        {
            net.Network.Chunking = chunking;
            far.Blocks.Clear();
            far.Received.Clear();
            near.Send(NetworkFixture.Bytes(100));
            net.Scheduler.AdvanceBy(RoundTrip);
            Assert.Equal(NetworkFixture.Bytes(100), far.Received);
            return far.Blocks.ConvertAll(static b => b.Bytes);
        }
    }

    [Theory, MemberData(nameof(Both))]
    public void Nothing_received_before_the_start_is_lost(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var (near, far) = net.Connect(startFar: false);
        near.Send(NetworkFixture.Bytes(9));
        near.Connection.Abort(MsgcCause.Closed);
        net.Scheduler.AdvanceBy(RoundTrip);

        far.Connection.Start(far);
        Assert.Empty(far.Blocks);
        net.Scheduler.AdvanceBy(10);

        Assert.Equal(NetworkFixture.Bytes(9), far.Received);
        Assert.Equal(MsgcCause.Closed, far.End?.Cause);
    }

    [Fact]
    public void Misuse_throws()
    {
        var net = new NetworkFixture(Clock.VirtualScheduler);
        var (near, far) = net.Connect(startFar: false);
        Assert.Throws<InvalidOperationException>(() => far.Send(NetworkFixture.Bytes(1)));
        Assert.Throws<InvalidOperationException>(() => near.Connection.Start(near));
        near.Send(NetworkFixture.Bytes(1));
        Assert.Throws<InvalidOperationException>(() => near.Send(NetworkFixture.Bytes(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => net.Network.SetLatency(TimeSpan.FromTicks(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => net.Network.WindowBytes = 0);
    }
}
