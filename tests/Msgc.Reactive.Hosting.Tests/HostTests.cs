using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Hosting.Tests;

/// <summary>Servers and clients in a host, on a simulated network. All on one thread, as virtual time wants it.</summary>
public sealed class HostTests
{
    private readonly VirtualScheduler _scheduler = new();
    private readonly SimulatedNetwork _network;
    private readonly MemorySource _source = new();
    private readonly MemoryLogs _logs = new();
    private readonly HostApplicationBuilder _builder = Host.CreateEmptyApplicationBuilder(null);

    public HostTests()
    {
        _network = new SimulatedNetwork(_scheduler, seed: 1);
        ((IConfigurationBuilder)_builder.Configuration).Add(_source);
        _builder.Logging.AddProvider(_logs);
    }

    [Fact]
    public void A_server_and_a_client_are_bound_start_follow_and_stop()
    {
        _source["Msgc:Server:NodeName"] = "here";
        _source["Msgc:Server:Listen"] = "*:5";
        _source["Msgc:Client:Servers:0"] = "there:5";
        var host = Start(services => services.AddMsgcServer(configure: Server("there")).AddMsgcClient(configure: Client("c")));
        var (server, client) = (host.Services.GetRequiredService<MsgcServer>(), host.Services.GetRequiredService<MsgcClient>());
        Assert.Equal(("here", "*:5"), (server.NodeName, server.Endpoints[0].ToString()));
        Advance();
        var phases = new List<MsgcConnectionPhase>();
        using var states = client.State.Subscribe(state => phases.Add(state.Phase));
        Advance();
        Assert.Equal([MsgcConnectionPhase.Connected], phases);

        _source["Msgc:Server:KeepAliveInterval"] = "00:00:02";
        _source["Msgc:Server:Listen:1"] = "*:6";
        _source["Msgc:Client:MaxBacklog"] = "70";
        _source.Reload();

        Assert.Equal((TimeSpan.FromSeconds(2), 70), (server.Options.KeepAliveInterval, client.Options.MaxBacklog));
        Assert.Contains("here follows its configuration: keepalive_interval", _logs.Lines);
        Advance();
        Assert.Equal([MsgcConnectionPhase.Connected], phases); // and nothing was dropped
        Stop(host);
        Assert.Equal(MsgcConnectionPhase.Closed, phases[^1]);
    }

    [Theory]
    [InlineData("Msgc:Server:KeepAliveInterval", "5", "Msgc:Server:KeepAliveInterval is '5'; write hh:mm:ss, such as 00:00:05 or 00:00:00.5.")]
    [InlineData("Msgc:Server:KeepAliveInterval", "00:00:00", "Msgc:Server: KeepAliveInterval is 00:00:00; it must be above 0 and at most 24 days.")]
    [InlineData("Msgc:Server:KeepaliveIntervall", "00:00:05", "Msgc:Server:KeepaliveIntervall is no option; did you mean KeepAliveInterval?")]
    [InlineData("Msgc:Server:Peers:A", "x", "Msgc:Server:Peers: peer A has an upper-case letter in its name; write 'a'.")]
    [InlineData("Msgc:Server:Listen:0:Endpoint", "x", "Msgc:Server:Listen:0: Listen is 'x'; write host:port, *:port, :port, [v6]:port or the absolute path of a unix socket.")]
    [InlineData("Msgc:Server:MaxBacklog:Number", "5", "Msgc:Server:MaxBacklog is a section; write a whole number.")]
    public async Task What_is_wrong_at_the_start_prevents_it(string key, string value, string expected)
    {
        _source[key] = value;
        _source["Msgc:Server:Port"] = "0x";
        _builder.Services.AddMsgcServer(configure: Server("there"));
        _source.Load();
        var host = _builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(new[] { expected, "Msgc:Server:Port is '0x'; write a whole number." }.Order(), error.Failures.Order());
    }

    [Theory]
    [InlineData("Msgc:Server:MaxBacklog", "7", "Msgc:Server: MaxBacklog is 7; it must be from 8 to ")]
    [InlineData("Msgc:Server:MaxFrameBytes", "2000", "MaxFrameBytes is fixed for life")]
    [InlineData("Msgc:Server:NodeName", "other", "NodeName is fixed for life")]
    [InlineData("Msgc:Server:Listen:0", "elsewhere:1", "Cannot listen on elsewhere:1")]
    public void What_is_wrong_later_is_logged_and_changes_nothing(string key, string value, string expected)
    {
        _source["Msgc:Server:Listen:0"] = "*:5";
        var host = Start(services => services.AddMsgcServer(configure: Server("there")));
        var server = host.Services.GetRequiredService<MsgcServer>();
        var before = server.Options;

        _source["Msgc:Server:IdleTimeout"] = "00:01:00";
        _source[key] = value;
        _source.Reload();

        Assert.Contains(_logs.Lines, line => line.Contains(expected, StringComparison.Ordinal) && line.Contains("stays in force", StringComparison.Ordinal));
        Assert.Same(before, server.Options);
        _source[key] = key.EndsWith(":0", StringComparison.Ordinal) ? "*:5" : null;
        _source.Reload();
        Assert.Equal(TimeSpan.FromMinutes(1), server.Options.IdleTimeout); // the next edit is followed again
        Stop(host);
    }

    [Fact]
    public async Task When_all_endpoints_are_switched_off_it_does_not_listen_elsewhere()
    {
        _source["Msgc:Server:Listen:0:Endpoint"] = "*:5";
        _source["Msgc:Server:Listen:0:Enable"] = "false";
        _builder.Services.AddMsgcServer(configure: Server("there"));
        _source.Load();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => _builder.Build().StartAsync());

        Assert.Equal("Msgc:Server:Listen has no endpoint that is enabled; enable one, or remove it.", Assert.Single(error.Failures));
    }

    [Fact]
    public void Code_that_throws_at_a_reload_is_logged_and_changes_nothing()
    {
        var make = Server("there");
        var isBroken = false;
        _source["Msgc:Server:Listen:0"] = "*:5";
        var host = Start(services => services.AddMsgcServer(configure: (p, options) => isBroken ? throw new IOException("no secret") : make(p, options)));
        var server = host.Services.GetRequiredService<MsgcServer>();
        var before = server.Options;

        (isBroken, _source["Msgc:Server:IdleTimeout"]) = (true, "00:01:00");
        _source.Reload();

        Assert.Contains(_logs.Lines, line => line.Contains("stays in force: no secret", StringComparison.Ordinal));
        Assert.Same(before, server.Options);
        Stop(host);
    }

    [Fact]
    public void Several_have_keys_and_sections_of_their_own()
    {
        _source["Msgc:Servers:a:Listen"] = "*:1";
        _source["Msgc:Servers:b:Listen"] = "*:2";
        _source["Msgc:Clients:a:Servers"] = "there:1";
        var host = Start(services => services
            .AddMsgcServer("a", Server("there")).AddMsgcServer("b", Server("there")).AddMsgcClient("a", Client("c")));
        Assert.Equal([1, 2], new[] { "a", "b" }.Select(key => host.Services.GetRequiredKeyedService<MsgcServer>(key).Endpoints[0].Port));
        Assert.Equal(["there:1"], host.Services.GetRequiredKeyedService<MsgcClient>("a").Options.Servers);
        Assert.Null(host.Services.GetService<MsgcServer>());

        _source["Msgc:Servers:b:Listen"] = "*:3";
        _source.Reload();
        Assert.Equal([1, 3], new[] { "a", "b" }.Select(key => host.Services.GetRequiredKeyedService<MsgcServer>(key).Endpoints[0].Port));
        Stop(host);
    }

    [Fact]
    public void One_is_added_once() => Assert.Contains(
        "MsgcServer was added before", Assert.Throws<InvalidOperationException>(() => _builder.Services.AddMsgcServer().AddMsgcServer()).Message, StringComparison.Ordinal);

    [Fact]
    public void Health_is_what_the_links_and_the_connection_are()
    {
        _source["Msgc:Server:NodeName"] = "a";
        _source["Msgc:Server:Peers:a"] = "a:1";
        _source["Msgc:Server:Peers:b"] = "b:1";
        _source["Msgc:Client:Servers"] = "a:1";
        _builder.Services.AddHealthChecks().AddMsgcServer().AddMsgcClient();
        var host = Start(services => services.AddMsgcServer(configure: Server("a")).AddMsgcClient(configure: Client("c")));
        Advance();
        Assert.Equal((HealthStatus.Degraded, "It is not linked to b."), Health(host, "msgc-server"));
        Assert.Equal((HealthStatus.Healthy, "It is connected to a at a:1."), Health(host, "msgc-client"));

        var b = StartB();
        Advance();
        Assert.Equal((HealthStatus.Healthy, "It listens, and is linked to all its peers."), Health(host, "msgc-server"));

        _network.Break("c", "a");
        _scheduler.AdvanceBy(1);
        Assert.Equal(HealthStatus.Unhealthy, Health(host, "msgc-client").Status);
        Advance();
        Stop(host);
        Assert.Equal((HealthStatus.Unhealthy, "It does not listen."), Health(host, "msgc-server"));
        Assert.Equal(HealthStatus.Unhealthy, Health(host, "msgc-client").Status);
        End(b.DisposeAsync().AsTask());
    }

    private IHost Start(Action<IServiceCollection> add)
    {
        add(_builder.Services);
        _source.Load();
        var host = _builder.Build();
        host.Start();
        return host;
    }

    private MsgcServer StartB() => MsgcServer.StartAsync(new MsgcServerOptions
    {
        NodeName = "b", Peers = new Dictionary<string, string> { ["a"] = "a:1", ["b"] = "b:1" }, Scheduler = _scheduler, Transport = _network.Host("b"),
    }).GetAwaiter().GetResult();

    private Func<IServiceProvider, MsgcServerOptions, MsgcServerOptions> Server(string host)
    {
        var transport = _network.Host(host);
        return (_, options) => options with { Scheduler = _scheduler, Transport = transport };
    }

    private Func<IServiceProvider, MsgcClientOptions, MsgcClientOptions> Client(string host)
    {
        var transport = _network.Host(host);
        return (_, options) => options with { Scheduler = _scheduler, Transport = transport };
    }

    private void Advance() => _scheduler.AdvanceBy(TimeSpan.FromSeconds(6).Ticks);

    /// <summary>Stops its services as the host does, but on this thread.</summary>
    private void Stop(IHost host)
    {
        foreach (var service in host.Services.GetServices<IHostedService>().Reverse()) End(service.StopAsync(CancellationToken.None));
    }

    private void End(Task ending)
    {
        for (var turns = 0; turns < 10 && !ending.IsCompleted; turns++) Advance();
        Assert.True(ending.IsCompletedSuccessfully, "it does not end");
    }

    private static (HealthStatus Status, string? Description) Health(IHost host, string name)
    {
        var registration = host.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Single(registration => registration.Name == name);
        var result = registration.Factory(host.Services).CheckHealthAsync(new HealthCheckContext { Registration = registration }).GetAwaiter().GetResult();
        return (result.Status, result.Description);
    }
}
