using System.Reactive.Linq;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Tests.Framing;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>Who is let in, who is refused, and what of those who never say.</summary>
public sealed class HandshakeTests
{
    [Theory]
    [InlineData(2, 3)]
    [InlineData(0, 0)]
    [InlineData(7, 65535)]
    public void An_incompatible_version_is_refused_with_both_named(ushort lowest, ushort highest)
    {
        var logs = new RecordingLogs();
        var world = new World(server: o => o with { LoggerFactory = logs });
        var stranger = Stranger.Dial(world, hello: false);
        stranger.Send(new HelloFrame(1, 1, TimeSpan.FromSeconds(30), "s", false).Write(lowest, highest));
        world.Settle();
        var refused = RefusedFrame.Read(Wire.Whole(Assert.Single(stranger.Frames())))!;
        Assert.True(refused.Final);
        Assert.Equal($"The client speaks protocol versions {lowest} to {highest}, this server 1.", refused.Reason);
        Assert.Equal([1, 0, 1, 0], stranger.Frames()[0][8..12]);
        Assert.Null(stranger.End);
        Assert.Contains(logs.Warnings, w => w.Contains("evil:32768", StringComparison.Ordinal) && w.Contains(refused.Reason, StringComparison.Ordinal));
        stranger.Close();
        world.Settle();
        Assert.Equal(0, world.Server.Pool.Outstanding);
        world.Dispose();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 65535)]
    public void A_range_that_holds_the_servers_version_is_welcome(ushort lowest, ushort highest)
    {
        using var world = new World();
        var stranger = Stranger.Dial(world, hello: false);
        stranger.Send(new HelloFrame(1, 1, TimeSpan.FromSeconds(30), "s", false).Write(lowest, highest));
        world.Settle();
        Assert.Equal("Welcome", stranger.Kinds);
    }

    [Fact]
    public void The_refused_one_that_goes_on_sending_is_ignored_until_the_connect_timeout()
    {
        var world = new World(server: o => o with { Authorize = _ => "no" });
        var bystanders = new List<MsgcConnectionState>();
        using var states = world.Client("also refused").State.Subscribe(bystanders.Add, _ => { });
        var stranger = Stranger.Dial(world, hello: false);
        stranger.Send(Stranger.Hello, Stranger.Hello);
        for (var i = 0; i < 100; i++)
        {
            world.Settle();
            stranger.Send(new byte[100_000]);
        }
        world.Settle();
        Assert.Equal("Refused", stranger.Kinds);
        Assert.InRange(world.Server.Pool.Outstanding, 0, 1);
        world.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(MsgcCause.Closed, stranger.End);
        Assert.Equal("Refused", stranger.Kinds);
        Assert.Equal(MsgcConnectionPhase.Closed, bystanders[^1].Phase);
        Assert.Equal(0, world.Server.Pool.Outstanding);
        world.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(30)]
    public void A_handshake_that_never_completes_ends_with_the_connect_timeout_and_keeps_nothing(int bytes)
    {
        var logs = new RecordingLogs();
        using var world = new World(server: o => o with { LoggerFactory = logs });
        var stranger = Stranger.Dial(world, hello: false);
        if (bytes > 0) stranger.Send(Stranger.Hello[..bytes]);
        world.Advance(TimeSpan.FromSeconds(59.9));
        Assert.Null(stranger.End);
        world.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(MsgcCause.Closed, stranger.End);
        Assert.Empty(stranger.Frames());
        Assert.Contains("ConnectTimeout", Assert.Single(logs.Warnings), StringComparison.Ordinal);
        Assert.Equal(0, world.Server.Pool.Outstanding);
        Assert.Equal(0, world.Network.Connections);
    }

    [Fact]
    public void A_stopping_server_does_not_wait_for_those_who_have_not_said_hello_and_tells_them_nothing()
    {
        using var world = new World();
        var stranger = Stranger.Dial(world, hello: false);
        stranger.Send(Stranger.Hello[..30]);
        world.Settle();
        var stop = world.Server.StopAsync();
        world.Settle();
        Assert.True(stop.IsCompletedSuccessfully);
        Assert.Empty(stranger.Frames());
        Assert.Equal(MsgcCause.Closed, stranger.End);
        Assert.Equal(0, world.Server.Pool.Outstanding);
    }

    [Fact]
    public void Credentials_of_any_length_reach_a_server_of_the_smallest_frames()
    {
        var shown = Array.Empty<byte>();
        using var world = new World(server: o => o with
        {
            MaxFrameBytes = 1024,
            Authorize = credentials =>
            {
                shown = credentials.ToArray();
                return null;
            },
        });
        var credentials = new byte[4096];
        new Random(1).NextBytes(credentials);
        var states = new List<MsgcConnectionPhase>();
        using var subscription = world.Client(new string('c', 255), o => o with { Credentials = credentials, Transport = world.Network.Host("c") }).State.Subscribe(s => states.Add(s.Phase));
        world.Settle();
        Assert.Equal([MsgcConnectionPhase.Connecting, MsgcConnectionPhase.Connected], states);
        Assert.Equal(credentials, shown);
    }

    [Fact]
    public void The_views_of_a_crowd_reach_clients_of_a_server_of_the_smallest_frames()
    {
        using var world = new World(server: o => o with { MaxFrameBytes = 1024 });
        var crowd = Enumerable.Range(0, 20).Select(i => world.Client($"{i:00}{new string('m', 200)}", o => o with { Transport = world.Network.Host($"{i}") })).ToArray();
        foreach (var member in crowd) member.Group("x").Subscribe(_ => { });
        world.Settle();
        var watcher = world.Client("watcher");
        var states = new List<MsgcConnectionPhase>();
        using var subscription = watcher.State.Subscribe(s => states.Add(s.Phase));
        MsgcView? view = null;
        using var watching = watcher.Group("x").Membership.Subscribe(v => view = v);
        world.Settle();
        Assert.Equal(crowd.Select(c => c.Name), view!.Members.Select(m => m.ClientName).Order(StringComparer.Ordinal));
        world.Network.Break("0", "server");
        world.Settle();
        Assert.DoesNotContain(MsgcConnectionPhase.Lost, states);
    }

    [Theory]
    [InlineData(30, 5)]
    [InlineData(9, 3)]
    [InlineData(0.3, 0.1)]
    [InlineData(-1, 5)]
    public void Keepalives_come_at_the_own_interval_or_a_third_of_the_far_ends_idle_timeout(double idleSeconds, double keepAliveSeconds)
    {
        using var world = new World(server: o => o with { IdleTimeout = TimeSpan.FromHours(1) });
        var stranger = Stranger.Dial(world, hello: false);
        var idle = idleSeconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(idleSeconds);
        stranger.Send(new HelloFrame(1, 1, idle, "s", false).Write());
        world.Settle();
        world.Advance(10.5 * TimeSpan.FromSeconds(keepAliveSeconds));
        Assert.Equal($"Welcome {string.Join(' ', Enumerable.Repeat("NoOp", 10))}", stranger.Kinds);

        // Agreed on again: in the data's order, acknowledged.
        stranger.Send(Frames.Number(FrameKind.IdleTimeout, 600));
        world.Settle();
        Assert.Equal(Convert.ToHexString(Frames.Number(FrameKind.IdleTimeoutAck, 600)), Convert.ToHexString(stranger.Frames()[^1]));
        var before = stranger.Frames().Count;
        world.Advance(10 * TimeSpan.FromSeconds(Math.Min(5, 0.2)));
        Assert.Equal(10, stranger.Frames().Count - before);
    }

    [Fact]
    public void An_idle_timeout_changed_during_the_handshake_is_told_once_it_is_done()
    {
        using var world = new World();
        world.Network.SetLatency(TimeSpan.FromSeconds(1));
        var evil = Stranger.Listen(world, new WelcomeFrame(4096, 1, TimeSpan.FromSeconds(30), "evil").Write());
        var client = world.Client("client", o => o with { Servers = ["evil:4809"] });
        world.Advance(TimeSpan.FromSeconds(2.5));
        client.Configure(client.Options with { IdleTimeout = TimeSpan.FromSeconds(9) });
        world.Advance(TimeSpan.FromSeconds(3));
        Assert.Contains(Convert.ToHexString(Frames.Number(FrameKind.IdleTimeout, 9000)), evil[0].Frames().Select(Convert.ToHexString));
    }
}
