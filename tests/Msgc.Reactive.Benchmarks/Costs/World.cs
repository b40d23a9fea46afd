using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>One server, a, whole but for its sockets, and the far ends of its connections.</summary>
internal sealed class World : IAsyncDisposable
{
    private readonly Wires _wires;
    private readonly MsgcServer _server;
    private ulong _entropy;
    private ulong _clients;

    /// <param name="peers">How many other servers it may be linked to.</param>
    public World(int peers = 0)
    {
        _wires = new Wires(Pump);
        PeerNames = [.. Enumerable.Range(0, peers).Select(i => $"peer{i:D3}")];
        var options = new MsgcServerOptions
        {
            NodeName = "a", Listen = ["memory:1"], Scheduler = Pump, Transport = _wires, Entropy = () => ++_entropy,
            Peers = PeerNames.ToDictionary(name => name, _ => "memory:2"),
        };
        _server = MsgcServer.StartAsync(options).GetAwaiter().GetResult();
        Pump.Run();
    }

    public Pump Pump { get; } = new();

    public WireTraffic Traffic => _wires.Traffic;

    public string[] PeerNames { get; }

    /// <summary>A client that is connected.</summary>
    public FarClient Client()
    {
        var client = new FarClient(_wires.Connect(), ++_clients);
        client.Wire.Play(new HelloFrame(client.Id, 1, TimeSpan.FromSeconds(30), $"client{client.Id}", NoEcho: false).Write());
        Expect(client.Wire, FrameKind.Welcome, 1);
        return client;
    }

    public FarClient[] Clients(int count) => [.. Enumerable.Range(0, count).Select(_ => Client())];

    /// <summary>A peer that has come as far as its confirmation: the link begins when that is fed.</summary>
    public FarPeer Peer(string name)
    {
        var peer = new FarPeer(_wires.Connect(), name, ++_entropy);
        peer.Wire.Play(peer.Hello());
        Expect(peer.Wire, FrameKind.PeerWelcome, 1);
        return peer;
    }

    /// <summary>A peer that is linked.</summary>
    public FarPeer Linked(string name)
    {
        var peer = Peer(name);
        peer.Wire.Play(peer.Confirm());
        Expect(peer.Wire, FrameKind.PeerReady, 1);
        return peer;
    }

    /// <summary>Feeds frames block by block.</summary>
    public static void Play(Wire wire, IEnumerable<byte[]> blocks)
    {
        foreach (var block in blocks) wire.Play(block);
    }

    /// <summary>Checks that the server has sent exactly so many frames of that kind since it was last asked.</summary>
    public static void Expect(Wire wire, FrameKind kind, int count)
    {
        var found = wire.Take(kind);
        if (found != count) throw new InvalidOperationException($"{found} frames {kind} instead of {count}.");
    }

    public async ValueTask DisposeAsync()
    {
        var disposal = _server.DisposeAsync();
        Pump.Run();
        await disposal;
        if (_server.Pool.Outstanding != 0) throw new InvalidOperationException("Blocks are missing.");
    }
}
