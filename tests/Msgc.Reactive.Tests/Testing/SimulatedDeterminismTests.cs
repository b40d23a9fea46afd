using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Testing;

/// <summary>Same seed and calls, same run.</summary>
public sealed class SimulatedDeterminismTests
{
    [Theory]
    [InlineData(Clock.TestScheduler)]
    [InlineData(Clock.VirtualScheduler)]
    public void The_same_seed_gives_the_same_events_and_another_seed_others(Clock clock)
    {
        var first = Run(clock, 1);

        Assert.Equal(first, Run(clock, 1));
        Assert.NotEqual(first, Run(clock, 2));
        Assert.True(first.Count > 1_000);
    }

    [Fact]
    public void Events_tell_what_happened()
    {
        var net = new NetworkFixture(Clock.VirtualScheduler);
        var events = new List<NetworkEvent>();
        net.Network.Events.Subscribe(events.Add);
        net.Dial("a", "b:9");
        var (near, _) = net.Connect();
        near.Send(new byte[5]);
        near.Connection.Abort(MsgcCause.Closed);
        net.Scheduler.AdvanceBy(10_000);

        Assert.Equal(
            [
                new NetworkEvent(2_000, NetworkEventKind.Refused, "a", "b", 0, 0),
                new NetworkEvent(2_000, NetworkEventKind.Connected, "a", "b", 1, 0),
                new NetworkEvent(2_000, NetworkEventKind.Sent, "a", "b", 1, 5),
                new NetworkEvent(2_000, NetworkEventKind.Ended, "a", "b", 1, 0),
                new NetworkEvent(3_000, NetworkEventKind.Received, "a", "b", 1, 5),
                new NetworkEvent(3_000, NetworkEventKind.Ended, "b", "a", 1, 0),
            ],
            events);
    }

    private static List<NetworkEvent> Run(Clock clock, ulong seed)
    {
        var net = new NetworkFixture(clock, seed);
        var events = new List<NetworkEvent>();
        net.Network.Events.Subscribe(events.Add);
        net.Network.WindowBytes = 500;
        net.Network.Chunking = Chunking.Random;
        net.Network.SetLatency(SimulatedLatency.Uniform(TimeSpan.FromTicks(1_000), TimeSpan.FromTicks(1_300)));
        net.Network.SetLatency("b", "host2", SimulatedLatency.Exponential(TimeSpan.FromTicks(500), TimeSpan.FromTicks(700)));
        net.Network.SetBandwidth("b", "host0", 5_000_000);
        var peers = new List<Peer>();
        for (var i = 0; i < 10; i++)
        {
            var dialled = net.Dial($"host{i % 3}");
            net.Scheduler.AdvanceBy(50_000);
            peers.Add(new Peer(net.Scheduler, dialled.Connection!));
            peers.Add(new Peer(net.Scheduler, net.Accepted[^1]));
        }
        foreach (var peer in peers)
        {
            peer.Connection.Start(peer);
            peer.Receiving = bytes =>
            {
                if (bytes % 97 == 0) peer.Connection.Abort(MsgcCause.Closed);
            };
            peer.Send(NetworkFixture.Bytes(20_000));
        }
        net.Scheduler.AdvanceBy(3_000);
        net.Network.Mute("host1", "b");
        net.Network.Freeze("host2");
        net.Network.BreakAfter("host0", "b", 9_999);
        net.Scheduler.AdvanceBy(30_000);
        net.Network.Unmute("host1", "b");
        net.Network.Thaw("host2");
        net.Scheduler.AdvanceBy(2_000);
        foreach (var peer in peers) peer.Receiving = null;
        net.Scheduler.AdvanceBy(10_000_000);
        return events;
    }
}
