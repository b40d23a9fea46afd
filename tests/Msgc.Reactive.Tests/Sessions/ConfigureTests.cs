using Microsoft.Extensions.Logging.Abstractions;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Testing;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>Options that change while running apply without dropping; addresses re-dial or re-bind only themselves. (contract, "§2")</summary>
public sealed class ConfigureTests
{
    private static readonly TimeSpan Zero = TimeSpan.Zero;

    [Fact]
    public void The_buffer_size_and_the_local_address_reach_the_transport()
    {
        using var world = new World();
        var far = new RecordingTransport(world.Network.Host("far"), world.Scheduler);
        var near = new RecordingTransport(world.Network.Host("c"), world.Scheduler);
        var server = world.StartServer("far", o => o with { Transport = far, TcpBufferSize = 50_000 });
        var client = world.Client("c", o => o with { Servers = ["far:4809"], Transport = near, TcpBufferSize = 60_000, BindAddress = "10.0.0.7" });
        var plain = new RecordingTransport(world.Network.Host("d"), world.Scheduler);
        world.Client("d", o => o with { Transport = plain });
        world.Settle();
        Assert.Equal(50_000, Assert.Single(far.Listens).Options.TcpBufferSize);
        Assert.Equal((60_000, "10.0.0.7"), (near.Dials[0].Options.TcpBufferSize, near.Dials[0].Options.BindAddress));
        Assert.Equal((131_072, null), (plain.Dials[0].Options.TcpBufferSize, plain.Dials[0].Options.BindAddress));
        Stop(world, server);
        Assert.True(client.Options.TcpBufferSize == 60_000);
    }

    [Fact]
    public void A_changed_buffer_size_drops_nothing_and_holds_for_the_next_dial_and_the_next_endpoint()
    {
        using var world = new World();
        var far = new RecordingTransport(world.Network.Host("far"), world.Scheduler);
        var near = new RecordingTransport(world.Network.Host("c"), world.Scheduler);
        var server = world.StartServer("far", o => o with { Transport = far });
        var client = world.Client("c", o => o with { Servers = ["far:4809"], Transport = near });
        var states = world.Watch(client);
        world.Settle();
        client.Configure(client.Options with { TcpBufferSize = 4096 });
        server.Configure(server.Options with { TcpBufferSize = 8192, Listen = ["*:4809", "*:4810"] });
        world.Advance(Sec(10));
        Assert.Equal(2, states.Count);
        world.Network.Break("c", "far");
        world.Advance(Sec(6));
        Assert.Equal([131_072, 4096], near.Dials.Select(d => d.Options.TcpBufferSize));
        Assert.Equal([131_072, 8192], far.Listens.Select(l => l.Options.TcpBufferSize));
        Stop(world, server);
    }

    [Fact]
    public void A_changed_buffer_size_of_a_server_holds_for_what_it_accepts_from_then_on()
    {
        using var world = new World();
        var transport = new RecordingTransport(world.Network.Host("far"), world.Scheduler);
        var server = world.StartServer("far", o => o with { Transport = transport, TcpBufferSize = 10_000 });
        server.Configure(server.Options with { TcpBufferSize = 20_000 });
        Assert.Equal(20_000, Assert.Single(transport.Listeners).Options.TcpBufferSize);
        Assert.Single(transport.Listens); // and nothing was bound anew
        Stop(world, server);
    }

    [Fact]
    public void A_changed_local_address_redials_its_client_alone()
    {
        using var world = new World();
        var near = new RecordingTransport(world.Network.Host("c"), world.Scheduler);
        MsgcClient client = world.Client("c", o => o with { Transport = near }), other = world.Client("d");
        List<Seen> states = world.Watch(client), others = world.Watch(other);
        world.AdvanceTo(Ticks(1));
        client.Configure(client.Options with { BindAddress = "10.0.0.7" });
        world.AdvanceTo(Ticks(10));
        Assert.Equal([null, "10.0.0.7"], near.Dials.Select(d => d.Options.BindAddress));
        Assert.Equal([0, Ticks(6)], near.Dials.Select(d => d.Time)); // the only server: not before ReconnectInterval
        Assert.Equal(
            [MsgcConnectionPhase.Connecting, MsgcConnectionPhase.Connected, MsgcConnectionPhase.Lost, MsgcConnectionPhase.Connected], states.Select(s => s.Phase));
        Assert.Equal((MsgcCause.Closed, Ticks(1)), (states[2].Cause, states[2].Time));
        Assert.Equal(2, others.Count);
        client.Configure(client.Options with { BindAddress = "10.0.0.7", KeepAliveInterval = Sec(4) }); // the same: nothing is dropped
        world.Advance(Sec(10));
        Assert.Equal(2, near.Dials.Count);
    }

    [Fact]
    public void A_local_address_changed_during_a_dial_or_a_handshake_holds_for_the_session_that_lives()
    {
        // The dial takes 2 s; the address changes at 1 s. What was dialled from the old address does not become the session.
        using var world = new World();
        var near = new RecordingTransport(world.Network.Host("c"), world.Scheduler);
        world.Network.SetLatency("c", "server", Sec(1));
        world.Network.SetLatency("server", "c", Sec(1));
        var client = world.Client("c", o => o with { Transport = near });
        var states = world.Watch(client);
        world.AdvanceTo(Ticks(1));
        client.Configure(client.Options with { BindAddress = "10.0.0.7" });
        world.AdvanceTo(Ticks(20));
        Assert.Equal("10.0.0.7", near.Dials[^1].Options.BindAddress);
        Assert.Single(states, s => s.Phase == MsgcConnectionPhase.Connected);
        Assert.True(states.Single(s => s.Phase == MsgcConnectionPhase.Connected).Time > near.Dials[^1].Time);

        client.Configure(client.Options with { BindAddress = "10.0.0.8" });
        world.Advance(Sec(5 + 3)); // dialled at 5, connected at 7, welcomed at 9
        client.Configure(client.Options with { BindAddress = "10.0.0.9" });
        world.Advance(Sec(20));
        Assert.Equal("10.0.0.9", near.Dials[^1].Options.BindAddress);
        Assert.Equal(2, states.Count(s => s.Phase == MsgcConnectionPhase.Connected));
    }

    [Fact]
    public void A_changed_list_with_the_current_server_drops_nothing_and_is_the_order_from_then_on()
    {
        using var world = new World();
        RawServer a = new(world, "a", Welcome()), b = new(world, "b", Welcome()), c = new(world, "c", Welcome());
        var client = world.Client("me", o => o with { Servers = ["a:4809", "b:4809"] });
        var states = world.Watch(client);
        world.Settle();
        client.Configure(client.Options with { Servers = ["c:4809", "a:4809"] });
        world.Advance(Sec(1));
        Assert.Equal(2, states.Count);
        a.Tap.Close();
        world.Advance(Sec(1));
        Assert.Equal("c:4809", states[^1].Endpoint);
        Assert.Equal((1, 0, 1), (a.Wires.Count, b.Wires.Count, c.Wires.Count));
    }

    [Fact]
    public void A_changed_list_without_the_current_server_leaves_it_for_the_first_of_the_list_at_once()
    {
        using var world = new World();
        RawServer a = new(world, "a", Welcome()), b = new(world, "b", Welcome()), c = new(world, "c", Welcome());
        var client = world.Client("me", o => o with { Servers = ["a:4809"] });
        var states = world.Watch(client);
        using var joined = client.Group("x").Subscribe(_ => { });
        world.AdvanceTo(Ticks(1));
        client.Configure(client.Options with { Servers = ["b:4809", "c:4809"] });
        world.AdvanceTo(Ticks(2));
        Assert.Equal(
            [
                new Seen(MsgcConnectionPhase.Connecting, null, null, 0), new Seen(MsgcConnectionPhase.Connected, null, "a:4809", 4 * Latency.Ticks),
                new Seen(MsgcConnectionPhase.Lost, MsgcCause.Closed, "a:4809", Ticks(1)), new Seen(MsgcConnectionPhase.Connected, null, "b:4809", Ticks(1) + (4 * Latency.Ticks)),
            ],
            states);
        Assert.Single(b.Tap.Of(FrameKind.Join));
        Assert.Empty(c.Wires);
        Assert.NotNull(a.Tap.End);
    }

    [Fact]
    public void An_attempt_at_a_server_that_leaves_the_list_is_given_up_for_the_first_of_the_list()
    {
        using var world = new World();
        world.Network.Swallow("a");
        var b = new RawServer(world, "b", Welcome());
        var client = world.Client("me", o => o with { Servers = ["a:4809"] });
        world.AdvanceTo(Ticks(1));
        client.Configure(client.Options with { Servers = ["b:4809"] });
        world.Settle();
        Assert.Equal(Ticks(1) + (2 * Latency.Ticks), b.Tap.OpenedAt);
        world.Network.Accept("a");
        world.Settle();
        Assert.Equal(1, world.Network.Connections);
    }

    [Fact]
    public void Endpoints_come_and_go_without_dropping_sessions_and_the_rest_stays_bound()
    {
        using var world = new World();
        var transport = new RecordingTransport(world.Network.Host("far"), world.Scheduler);
        var server = world.StartServer("far", o => o with { Transport = transport, Listen = ["*:1", "*:2"] });
        MsgcClient one = world.Client("one", o => o with { Servers = ["far:1"] }), two = world.Client("two", o => o with { Servers = ["far:2"] });
        List<Seen> ones = world.Watch(one), twos = world.Watch(two);
        world.Settle();
        server.Configure(server.Options with { Listen = ["*:2", "*:3", "*:3"] });
        Assert.Equal([2, 3], server.Endpoints.Select(e => e.Port));
        Assert.Equal(["*:1", "*:2", "*:3"], transport.Listens.Select(l => l.Endpoint)); // 2 was not bound again
        world.Advance(Sec(40));
        Assert.Equal((2, 2), (ones.Count, twos.Count));
        List<Seen> threes = world.Watch(world.Client("three", o => o with { Servers = ["far:3"] })), again = world.Watch(world.Client("again", o => o with { Servers = ["far:1"] }));
        world.Settle();
        Assert.Equal(MsgcConnectionPhase.Connected, threes[^1].Phase);
        Assert.Equal(MsgcCause.Transport, again[^1].Cause); // 1 is closed
        Stop(world, server);
    }

    [Fact]
    public void What_an_endpoint_is_to_be_listened_on_with_reaches_the_transport_and_changes_without_binding_anew()
    {
        using var world = new World();
        var transport = new RecordingTransport(world.Network.Host("far"), world.Scheduler);
        var server = world.StartServer("far", o => o with
        {
            Transport = transport, Listen = ["*:1", new("/run/s") { FileMode = UnixFileMode.UserWrite, AcceptQueueBacklog = 7 }],
        });
        Assert.Equal([(null, 512), (UnixFileMode.UserWrite, 7)], transport.Listens.Select(l => (l.Options.FileMode, l.Options.AcceptQueueBacklog)));
        server.Configure(server.Options with { Listen = ["/run/s", new("*:1") { AcceptQueueBacklog = 3 }, new("*:1") { AcceptQueueBacklog = 9 }] });
        Assert.Equal([(null, 9), (null, 512)], transport.Listeners.Select(l => (l.Options.FileMode, l.Options.AcceptQueueBacklog)));
        Assert.Equal(2, transport.Listens.Count);
        Assert.Equal(["/run/s", "*:1"], server.Endpoints.Select(e => e.ToString()));
        Stop(world, server);
    }

    [Fact]
    public void Without_a_listener_a_server_listens_at_its_own_entry_among_its_peers_and_follows_it()
    {
        using var world = new World();
        var transport = new RecordingTransport(world.Network.Host("far"), world.Scheduler);
        var server = world.StartServer("far", o => o with { Transport = transport, Listen = [], Port = 5, Peers = Peers("far") });
        Assert.Equal(["far:5"], server.Endpoints.Select(e => e.ToString()));
        server.Configure(server.Options with { Peers = Peers("/run/far") });
        Assert.Equal(["/run/far"], server.Endpoints.Select(e => e.ToString()));
        server.Configure(server.Options with { Peers = new Dictionary<string, string>() });
        Assert.Equal(["127.0.0.1:4809"], server.Endpoints.Select(e => e.ToString()));
        Stop(world, server);

        static Dictionary<string, string> Peers(string own) => new() { ["far"] = own, ["other"] = "other:1" };
    }

    [Fact]
    public void An_endpoint_that_cannot_be_bound_changes_nothing()
    {
        using var world = new World();
        using var taken = world.Network.Host("server").Listen(MsgcEndpoint.Parse("*:7"), new Msgc.Reactive.Transport.MsgcSocketOptions());
        var states = world.Watch(world.Client("c"));
        world.Settle();
        var before = world.Server.Options;
        var error = Assert.Throws<MsgcConnectionException>(() => world.Server.Configure(before with { Listen = ["*:6", "*:7"], IdleTimeout = Sec(1) }));
        Assert.Contains("*:7", error.Message, StringComparison.Ordinal);
        Assert.Same(before, world.Server.Options);
        Assert.Equal([4809], world.Server.Endpoints.Select(e => e.Port));
        List<Seen> six = world.Watch(world.Client("six", o => o with { Servers = ["server:6"] })), late = world.Watch(world.Client("late"));
        world.Advance(Sec(2));
        Assert.Equal(MsgcCause.Transport, six[1].Cause); // bound for a moment, and let go
        Assert.Equal(MsgcConnectionPhase.Connected, late[^1].Phase);
        Assert.Equal(2, states.Count);
        world.Server.Configure(world.Server.Options with { Listen = ["*:4809", "*:6"] }); // free again
    }

    [Fact]
    public void Options_fixed_for_life_are_errors_that_name_them_and_change_nothing()
    {
        using var world = new World(server: o => o with { LoggerFactory = NullLoggerFactory.Instance });
        var client = world.Client("c");
        var states = world.Watch(client);
        world.Settle();
        var before = client.Options;
        void Client(string option, MsgcClientOptions changed)
        {
            var error = Assert.Throws<ArgumentException>(() => client.Configure(changed with { IdleTimeout = Sec(1), Servers = ["elsewhere:1"] }));
            Assert.Equal(option, error.ParamName);
            Assert.Contains($"{option} is fixed for life", error.Message, StringComparison.Ordinal);
            Assert.Same(before, client.Options);
        }

        Client("Scheduler", before with { Scheduler = new VirtualScheduler() });
        Client("Scheduler", before with { Scheduler = null });
        Client("Transport", before with { Transport = world.Network.Host("other") });
        Client("Entropy", before with { Entropy = () => 1 });
        Client("LoggerFactory", before with { LoggerFactory = NullLoggerFactory.Instance });
        Client("MaxFrameBytes", before with { MaxFrameBytes = 4096 });
        Client("Name", before with { Name = "d" });
        Client("Name", before with { Name = null });
        Client("NoEcho", before with { NoEcho = true });

        var serving = world.Server.Options;
        void Server(string option, MsgcServerOptions changed)
        {
            var error = Assert.Throws<ArgumentException>(() => world.Server.Configure(changed with { IdleTimeout = Sec(1), Listen = ["*:1"] }));
            Assert.Equal(option, error.ParamName);
            Assert.Contains($"{option} is fixed for life", error.Message, StringComparison.Ordinal);
            Assert.Same(serving, world.Server.Options);
        }

        Server("Scheduler", serving with { Scheduler = new VirtualScheduler() });
        Server("Transport", serving with { Transport = world.Network.Host("other") });
        Server("Entropy", serving with { Entropy = () => 1 });
        Server("LoggerFactory", serving with { LoggerFactory = null });
        Server("MaxFrameBytes", serving with { MaxFrameBytes = 4096 });
        Server("NodeName", serving with { NodeName = "d" });

        world.Advance(Sec(70)); // an idle timeout of 1 s, or another server, would have shown
        Assert.Equal(2, states.Count);
        Assert.Equal([4809], world.Server.Endpoints.Select(e => e.Port));
    }

    [Fact]
    public void Wrong_values_are_errors_that_name_them_and_change_nothing()
    {
        using var world = new World();
        var client = world.Client("c");
        var states = world.Watch(client);
        world.Settle();
        var before = client.Options;
        void Client(string option, MsgcClientOptions changed)
        {
            Assert.Equal(option, Assert.Throws<ArgumentException>(() => client.Configure(changed)).ParamName);
            Assert.Same(before, client.Options);
        }

        Client("Servers", before with { Servers = [] });
        Client("Servers", before with { Servers = ["elsewhere:1", "nowhere"] });
        Client("ConnectTimeout", before with { ConnectTimeout = Zero });
        Client("KeepAliveInterval", before with { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        Client("IdleTimeout", before with { IdleTimeout = Zero });
        Client("IdleTimeout", before with { IdleTimeout = TimeSpan.FromDays(25) });
        Client("ReconnectInterval", before with { ReconnectInterval = Zero });
        Client("ReconnectJitter", before with { ReconnectJitter = Sec(-1) });
        Client("StallTimeout", before with { StallTimeout = Zero });
        Client("DrainTimeout", before with { DrainTimeout = Zero });
        Client("MaxBacklog", before with { MaxBacklog = 7 });
        Client("MaxBacklogBytes", before with { MaxBacklogBytes = (8L * before.MaxFrameBytes) - 1 });
        Client("MessagesPerIteration", before with { MessagesPerIteration = 0 });
        Client("TcpBufferSize", before with { TcpBufferSize = 0 });
        Client("Credentials", before with { Credentials = new byte[4097] });

        var serving = world.Server.Options;
        void Server(string option, MsgcServerOptions changed)
        {
            Assert.Equal(option, Assert.Throws<ArgumentException>(() => world.Server.Configure(changed)).ParamName);
            Assert.Same(serving, world.Server.Options);
        }

        Server("Listen", serving with { Listen = null! });
        Server("Listen", serving with { Listen = [new("*:4809") { AcceptQueueBacklog = 0 }] });
        Server("Listen", serving with { Listen = ["*:5", "x"] });
        Server("IdleTimeout", serving with { IdleTimeout = Zero });
        Server("MaxBacklog", serving with { MaxBacklog = 7, Listen = ["*:5"] });
        Server("MessagesPerIteration", serving with { MessagesPerIteration = 0 });
        Assert.Equal([4809], world.Server.Endpoints.Select(e => e.Port));
        world.Advance(Sec(70));
        Assert.Equal(2, states.Count);
    }

    [Fact]
    public void Configuring_what_is_disposed_throws()
    {
        using var world = new World();
        var client = world.Client("c");
        client.Dispose();
        Assert.Throws<ObjectDisposedException>(() => client.Configure(client.Options));
        var server = world.StartServer("gone");
        Stop(world, server);
        Assert.Throws<ObjectDisposedException>(() => server.Configure(server.Options));
    }

    [Fact]
    public void A_larger_queue_lets_waiting_publishers_in_at_once_and_a_smaller_one_makes_the_next_wait()
    {
        using var world = new World();
        world.Network.Refuse("server");
        var client = world.Client("c", o => o with { MaxBacklog = 8 });
        for (var i = 0; i < 8; i++) client.Group("x").Publish("m");
        var ninth = client.Group("x").PublishAsync("m".Bytes()).AsTask();
        world.Settle();
        Assert.False(ninth.IsCompleted);
        client.Configure(client.Options with { MaxBacklog = 9 });
        world.Settle();
        Assert.True(ninth.IsCompletedSuccessfully);
        client.Configure(client.Options with { MaxBacklog = 100 });
        client.Group("x").Publish("m");
        client.Configure(client.Options with { MaxBacklog = 8 });
        Assert.False(client.Group("x").PublishAsync("m".Bytes()).IsCompleted);
    }

    private static void Stop(World world, MsgcServer server)
    {
        var disposal = server.DisposeAsync();
        world.Settle();
        Assert.True(disposal.IsCompleted);
    }
}
