using System.Reactive.Linq;
using System.Threading.Channels;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Testing;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>After everything is disposed nothing is left: no timer, no connection, no block. (contract, "§2")</summary>
public sealed class DisposalTests
{
    [Fact]
    public void After_everything_is_disposed_no_scheduled_work_no_connection_and_no_block_is_left_within_one_idle_period()
    {
        // Traffic, a lost connection, a half-open one, a stuck member, a paused reader and a hanging dial are all under way.
        var (world, clients) = Busy();
        var server = world.Server;
        foreach (var client in clients) client.Dispose();
        var disposal = server.DisposeAsync();
        world.Settle();
        Assert.True(disposal.IsCompleted);
        Assert.Equal(0, world.Network.Connections);
        AssertNothingLeft(world, clients, server);
    }

    [Fact]
    public void Nothing_is_left_either_when_the_server_goes_first_and_the_clients_drain()
    {
        var (world, clients) = Busy();
        var server = world.Server;
        var disposal = server.DisposeAsync();
        world.Advance(Sec(2));
        Assert.True(disposal.IsCompleted);
        var drains = clients.Select(c => c.DisposeAsync().AsTask()).ToArray();
        world.Advance(Sec(10));
        Assert.All(drains, d => Assert.True(d.IsCompletedSuccessfully));
        AssertNothingLeft(world, clients, server);
    }

    [Fact]
    public void A_server_that_stops_gracefully_leaves_nothing_but_its_clients_attempts()
    {
        var (world, clients) = Busy();
        var server = world.Server;
        var stop = server.StopAsync();
        world.Advance(Sec(10));
        world.Settle();
        Assert.True(stop.IsCompletedSuccessfully);
        Assert.Equal(0, server.Pool.Outstanding);
        foreach (var client in clients) client.Dispose();
        AssertNothingLeft(world, clients, server);
    }

    [Fact]
    public void A_servers_disposal_is_over_when_those_who_observe_its_links_know_of_the_end()
    {
        using var world = new World();
        var order = new List<string>();
        world.Server.Peers.Subscribe(_ => { }, () => order.Add("links"));
        world.Settle();
        Then(world.Server.DisposeAsync(), () => order.Add("disposal"));
        world.Settle();
        Assert.Equal(["links", "disposal"], order);
    }

    [Fact]
    public void A_client_disposed_before_its_dial_began_leaves_nothing()
    {
        using var world = new World();
        var client = world.Client("c");
        client.Dispose();
        world.Settle();
        Assert.Equal(0, world.Network.Connections);
        Assert.True(client.DisposeAsync().AsTask().IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(2000)]
    [InlineData(2001)]
    [InlineData(3000)]
    [InlineData(3999)]
    [InlineData(4000)]
    [InlineData(4001)]
    [InlineData(5000)]
    public void A_client_disposed_at_any_point_of_its_handshake_leaves_nothing(long ticks)
    {
        var world = new World();
        var client = world.Client("c");
        client.Group("x").Publish("1");
        var seen = new List<string>();
        client.Group("x").Subscribe(m => seen.Add(m.Text()), () => seen.Add("end"));
        world.AdvanceTo(ticks);
        client.Dispose();
        world.Settle();
        Assert.Equal("end", seen[^1]);
        Assert.Equal(0, world.Network.Connections);
        world.Dispose();
        AssertNothingLeft(world, [client], world.Server);
    }

    [Fact]
    public void A_stuck_member_killed_while_a_no_op_waits_behind_its_hanging_send_leaves_nothing()
    {
        var world = new World(server: o => o with { MaxBacklog = 8 });
        world.Network.WindowBytes = 256;
        var member = world.DialRaw(Hello(client: 1), "m", reads: false);
        member.Send(Named(FrameKind.Join, "x"));
        var publisher = world.Client("p");
        world.Settle();
        for (var i = 0; i < 5; i++) publisher.Group("x").Publish(new string('x', 400));
        world.Advance(Sec(6)); // the no-op is due
        for (var i = 0; i < 50; i++) publisher.Group("x").Publish(new string('x', 400));
        world.Advance(Sec(6));
        member.Close();
        world.Dispose();
        AssertNothingLeft(world, [publisher], world.Server);
    }

    private static (World World, MsgcClient[] Clients) Busy()
    {
        var world = new World(server: o => o with { MaxBacklog = 100 });
        world.Network.Chunking = Chunking.Random;
        world.Network.WindowBytes = 4096;
        world.Network.Swallow("nowhere");
        MsgcClient reader = world.Client("reader"), slow = world.Client("slow"), publisher = world.Client("p"), half = world.Client("half"),
            lost = world.Client("lost"), dialling = world.Client("dialling", o => o with { Servers = ["nowhere:1", "nowhere:2"] });
        MsgcClient[] clients = [reader, slow, publisher, half, lost, dialling];
        foreach (var client in clients)
        {
            client.Group("x").Events.Subscribe(_ => { });
            client.Group("y").Membership.Subscribe(_ => { });
            client.Group("z").Observe(3, BoundedChannelFullMode.DropOldest).Subscribe(_ => { });
        }
        _ = world.Simulation.Run(async () =>
        {
            await foreach (var message in slow.Group("x").ReadAllAsync(4)) await Task.Delay(Sec(3), world.Simulation.TimeProvider);
        });
        world.Advance(Sec(1));
        world.Network.Mute("half", "server");
        _ = world.Simulation.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                await publisher.Group(i % 3 == 0 ? "z" : "x").PublishAsync(new byte[200]);
                await Task.Delay(TimeSpan.FromMilliseconds(20), world.Simulation.TimeProvider);
            }
        });
        world.Advance(Sec(3));
        world.Network.Break("lost", "server");
        for (var i = 0; i < 20; i++) half.Group("x").Publish("unheard");
        _ = half.FlushAsync();
        world.Advance(Sec(3));
        return (world, clients);
    }

    private static void AssertNothingLeft(World world, IEnumerable<MsgcClient> clients, MsgcServer server)
    {
        world.Advance(Sec(60) + Sec(1)); // cancelled items stay queued until due: the longest is a hanging dial's timeout
        Assert.Equal(0, world.Network.Connections);
        Assert.Equal(0, world.Network.PendingActions);
        Assert.Equal(0, ((VirtualScheduler)world.Scheduler).Outstanding);
        Assert.Equal(0, server.Pool.Outstanding);
        Assert.All(clients, c => Assert.Equal(0, c.Pool.Outstanding));
    }

    /// <summary>Goes on where the task completes: elsewhere, where the test runner wants it, would be beside the test.</summary>
    private static void Then(ValueTask task, Action next) => task.ConfigureAwait(false).GetAwaiter().OnCompleted(next);
}
