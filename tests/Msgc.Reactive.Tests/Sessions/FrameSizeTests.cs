using System.Reactive.Linq;
using Msgc.Reactive.Framing;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>MaxFrameBytes: the server's binds its clients in both directions; larger frames are refused. (contract, "§2" and "§7")</summary>
public sealed class FrameSizeTests
{
    private const int Max = 4096;

    [Fact]
    public void A_client_may_publish_a_frame_of_the_servers_maximum_and_none_above_whatever_its_own_is()
    {
        using var world = new World(server: Limited);
        foreach (var own in new[] { 1024, Max, 1 << 20 })
        {
            var client = world.Client($"c{own}", o => o with { MaxFrameBytes = own });
            var seen = new List<int>();
            using var joined = client.Group("x").Subscribe(m => seen.Add(m.Payload.Length));
            world.Settle();
            const int Payload = Max - MessageFrame.HeaderBytes - 1;
            Assert.True(client.Group("x").PublishAsync(new byte[Payload]).IsCompletedSuccessfully);
            var error = Assert.Throws<ArgumentException>(() => client.Group("x").OnNext(new byte[Payload + 1]));
            Assert.Contains($"{Max + 1}", error.Message, StringComparison.Ordinal);
            Assert.Contains($"{Max} ", error.Message, StringComparison.Ordinal);
            world.Settle();
            Assert.Equal([Payload], seen);
        }
    }

    [Theory]
    [InlineData(Max, true)]
    [InlineData(Max + 1, false)]
    public void A_server_takes_a_frame_of_its_maximum_and_closes_for_one_byte_more(int bytes, bool taken)
    {
        RecordingLogs logs = null!;
        using var world = new World(server: o => Limited(o) with { LoggerFactory = logs = new RecordingLogs(() => (Msgc.Reactive.Testing.VirtualScheduler)o.Scheduler!) });
        var member = world.Client("m");
        var seen = new List<int>();
        using var joined = member.Group("x").Subscribe(m => seen.Add(m.Payload.Length));
        world.Settle();
        var wire = world.DialRaw(Hello());
        wire.Send(Message("x", bytes));
        world.Settle();
        Assert.Equal(taken ? 1 : 0, seen.Count);
        Assert.Equal(taken, wire.End is null);
        Assert.Equal(taken ? 0 : 1, logs.Of(7).Count());
        if (!taken) Assert.Contains($"{Max + 1} bytes exceeds the maximum of {Max}", logs.Of(7).Single().Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Max, 1024, true)]
    [InlineData(Max, 1 << 20, true)]
    [InlineData(Max + 1, 1024, false)]
    [InlineData(Max + 1, 1 << 20, false)]
    public void A_client_takes_a_frame_of_its_servers_maximum_and_leaves_for_one_byte_more_whatever_its_own_is(int bytes, int own, bool taken)
    {
        using var world = new World();
        var raw = new RawServer(world, "far", Welcome(maxFrameBytes: Max));
        var client = world.Client("c", o => o with { Servers = ["far:4809"], MaxFrameBytes = own });
        var states = world.Watch(client);
        var seen = new List<int>();
        using var joined = client.Group("x").Subscribe(m => seen.Add(m.Payload.Length));
        world.Settle();
        raw.Tap.Send(Message("x", bytes));
        world.Settle();
        Assert.Equal(taken ? 1 : 0, seen.Count);
        Assert.Equal(taken ? null : MsgcCause.Protocol, states[^1].Cause);
    }

    [Fact]
    public void A_publisher_that_waits_with_a_message_too_large_for_a_new_server_is_told_and_the_connection_lives()
    {
        // A queue of 8 is full; the ninth waits and is larger than the server, reached later, allows.
        using var world = new World(server: Limited);
        world.Network.Refuse("server");
        var client = world.Client("p", o => o with { MaxBacklog = 8 });
        var member = world.Client("m");
        var states = world.Watch(client);
        var events = new List<string>();
        using var joined = member.Group("x").Events.Where(e => e.View is null).Subscribe(e => events.Add(e.Shown()));
        world.Network.SetLatency("p", "server", TimeSpan.FromMilliseconds(30));
        for (var i = 1; i <= 8; i++) client.Group("x").Publish($"{i}");
        var tooLarge = client.Group("x").PublishAsync(new byte[Max]).AsTask();
        var fits = client.Group("x").PublishAsync("9".Bytes()).AsTask();
        world.Advance(Sec(1));
        world.Network.Accept("server");
        world.Advance(Sec(6));
        Assert.True(fits.IsCompletedSuccessfully);
        Assert.IsType<ArgumentException>(tooLarge.Exception!.InnerException);
        Assert.Equal(MsgcConnectionPhase.Connected, states[^1].Phase);
        Assert.Single(states, s => s.Phase == MsgcConnectionPhase.Connected);
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7", "8", "9"], events); // it took no number
    }

    private static MsgcServerOptions Limited(MsgcServerOptions options) => options with { MaxFrameBytes = Max, MaxBacklogBytes = 8 * Max };
}
