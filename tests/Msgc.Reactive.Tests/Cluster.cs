using System.Reactive.Concurrency;
using Msgc.Reactive.Testing;
using Msgc.Reactive.Tests.Sessions;

namespace Msgc.Reactive.Tests;

/// <summary>A mesh of servers a, b, c … on hosts of their names, and clients, in virtual time.</summary>
internal sealed class Cluster : IDisposable
{
    private readonly Dictionary<string, string> _peers;
    private readonly Func<MsgcServerOptions, MsgcServerOptions> _change;
    private readonly List<MsgcClient> _clients = [];
    private ulong _entropy;

    /// <param name="servers">How many.</param>
    /// <param name="change">What is different from the defaults.</param>
    /// <param name="seed">Of the network, and of all ids.</param>
    /// <param name="start">False: none is started yet.</param>
    public Cluster(int servers, Func<MsgcServerOptions, MsgcServerOptions>? change = null, ulong seed = 1, bool start = true)
    {
        _change = change ?? (o => o);
        _entropy = seed << 32;
        Names = [.. Enumerable.Range(0, servers).Select(NameOf)];
        _peers = Names.ToDictionary(name => name, name => name);
        Simulation = new Simulation(Scheduler);
        Network = new SimulatedNetwork(Scheduler, seed);
        Logs = new RecordingLogs(() => Scheduler);
        if (!start) return;
        foreach (var name in Names) Start(name);
    }

    public VirtualScheduler Scheduler { get; } = new();

    public Simulation Simulation { get; }

    public SimulatedNetwork Network { get; }

    public string[] Names { get; }

    public Dictionary<string, MsgcServer> Servers { get; } = new(StringComparer.Ordinal);

    public RecordingLogs Logs { get; }

    public MsgcServer Start(string name, Func<MsgcServerOptions, MsgcServerOptions>? change = null, string? host = null)
    {
        var options = _change(new MsgcServerOptions
        {
            Listen = ["*:4809"], NodeName = name, Peers = _peers, Scheduler = Scheduler, Transport = Network.Host(host ?? name), Entropy = NextRandom,
            LoggerFactory = Logs,
        });
        return Servers[host ?? name] = MsgcServer.StartAsync(change?.Invoke(options) ?? options).GetAwaiter().GetResult();
    }

    /// <summary>Ends a server at once, as a killed process does.</summary>
    public void Kill(string name)
    {
        var disposal = Servers[name].DisposeAsync();
        Simulation.AdvanceBy(TimeSpan.FromTicks(10));
        Assert.True(disposal.IsCompleted);
        Servers.Remove(name);
    }

    public MsgcClient Client(string name, params string[] servers) => Client(name, o => o, servers);

    public MsgcClient Client(string name, Func<MsgcClientOptions, MsgcClientOptions> change, params string[] servers)
    {
        var client = new MsgcClient(change(new MsgcClientOptions
        {
            Servers = [.. servers.Select(server => $"{server}:4809")], Name = name, Scheduler = Scheduler, Transport = Network.Host(name), Entropy = NextRandom,
        }));
        _clients.Add(client);
        return client;
    }

    public void Advance(double seconds) => Simulation.AdvanceBy(TimeSpan.FromSeconds(seconds));

    /// <summary>Long enough for what is under way on the network, far less than any of the rules about time.</summary>
    public void Settle() => Advance(0.02);

    /// <summary>What a server says of its links: "b Linked, c Lost Idle".</summary>
    public string PeersOf(string server) => string.Join(", ", StatesOf(server).Select(p => $"{p.Name} {p.Phase}{(p.Cause is { } cause ? $" {cause}" : "")}"));

    public IReadOnlyList<MsgcPeerState> StatesOf(string server)
    {
        IReadOnlyList<MsgcPeerState>? states = null;
        using (Servers[server].Peers.Subscribe(s => states = s)) Simulation.AdvanceBy(TimeSpan.FromTicks(10));
        return states!;
    }

    /// <summary>Checks that each of these has exactly one link to each other one, and that no other connection is left between servers.</summary>
    public void AssertFullMesh(params string[] names)
    {
        names = names.Length > 0 ? names : Names;
        foreach (var name in names)
        {
            var linked = StatesOf(name).Where(p => p.Phase == MsgcPeerPhase.Linked).Select(p => p.Name);
            Assert.Equal(names.Where(n => n != name).Order(StringComparer.Ordinal), linked.Where(names.Contains));
        }
        var clients = _clients.Count;
        Assert.InRange(Network.Connections, names.Length * (names.Length - 1) / 2, (names.Length * (names.Length - 1) / 2) + clients);
    }

    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
        var disposals = Servers.Values.Select(server => server.DisposeAsync()).ToList();
        Settle();
        Assert.All(disposals, disposal => Assert.True(disposal.IsCompleted, "a server has not stopped"));
        Assert.Equal(0, Network.Connections);
    }

    private static string NameOf(int index) => index < 26 ? $"{(char)('a' + index)}" : $"{(char)('a' + (index / 26) - 1)}{(char)('a' + (index % 26))}";

    private ulong NextRandom() => _entropy += 0x9E3779B97F4A7C15;
}
