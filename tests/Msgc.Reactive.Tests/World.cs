using System.Reactive.Concurrency;
using System.Text;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests;

/// <summary>One server, its clients, and the network between them, in virtual time.</summary>
internal sealed class World : IDisposable
{
    private readonly List<MsgcClient> _clients = [];
    private ulong _entropy;

    public World(VirtualTimeSchedulerBase<long, long>? scheduler = null, Func<MsgcServerOptions, MsgcServerOptions>? server = null, ulong seed = 1)
    {
        _entropy = seed << 32;
        Scheduler = scheduler ?? new VirtualScheduler();
        Simulation = new Simulation(Scheduler);
        Network = new SimulatedNetwork(Scheduler, seed);
        Server = StartServer("server", server);
    }

    public VirtualTimeSchedulerBase<long, long> Scheduler { get; }

    public Simulation Simulation { get; }

    public SimulatedNetwork Network { get; }

    public MsgcServer Server { get; private set; }

    public MsgcServer StartServer(string host, Func<MsgcServerOptions, MsgcServerOptions>? change = null)
    {
        var options = new MsgcServerOptions
        {
            Listen = ["*:4809"], NodeName = host, Scheduler = Scheduler, Transport = Network.Host(host), Entropy = NextRandom,
        };
        return MsgcServer.StartAsync(change?.Invoke(options) ?? options).GetAwaiter().GetResult();
    }

    public void RestartServer(Func<MsgcServerOptions, MsgcServerOptions>? change = null)
    {
        var disposal = Server.DisposeAsync();
        Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(disposal.IsCompleted);
        Server = StartServer("server", change);
    }

    /// <summary>A client on a host of its own, connected after <see cref="Settle"/>.</summary>
    public MsgcClient Client(string name, Func<MsgcClientOptions, MsgcClientOptions>? change = null)
    {
        var options = new MsgcClientOptions
        {
            Servers = ["server:4809"], Name = name, Scheduler = Scheduler, Transport = Network.Host(name), Entropy = NextRandom,
        };
        var client = new MsgcClient(change?.Invoke(options) ?? options);
        _clients.Add(client);
        return client;
    }

    public void Advance(TimeSpan time) => Simulation.AdvanceBy(time);

    /// <summary>Long enough for what is under way on the network, far less than any of the rules about time.</summary>
    public void Settle() => Advance(TimeSpan.FromMilliseconds(10));

    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
        var disposal = Server.DisposeAsync();
        Settle();
        Assert.True(disposal.IsCompleted, "the server has not stopped");
    }

    private ulong NextRandom() => _entropy += 0x9E3779B97F4A7C15;
}

/// <summary>Short forms for tests.</summary>
internal static class Texts
{
    public static ReadOnlyMemory<byte> Bytes(this string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(this MsgcMessage message) => Encoding.UTF8.GetString(message.Payload.Span);

    /// <summary>Publishes where room is sure to be.</summary>
    public static void Publish(this MsgcGroup group, string text) => Assert.True(group.PublishAsync(text.Bytes()).IsCompletedSuccessfully);

    /// <summary>Messages as text, views as joined and left names, gaps as what they tell.</summary>
    public static string Shown(this MsgcGroupEvent e) =>
        e.View is { } view ? view.Shown()
        : e.Gap is { } gap ? $"gap {gap.Cause}{(gap.Count is { } count ? $" {count}" : "")}"
        : e.Message!.Value.Text();

    public static string Shown(this MsgcView view) =>
        $"{string.Concat(view.Joined.Select(m => $"+{m.ClientName}"))}{string.Concat(view.Left.Select(m => $"-{m.ClientName}"))} [{string.Join(' ', view.Members.Select(m => m.ClientName))}] {view.Cause}";
}
