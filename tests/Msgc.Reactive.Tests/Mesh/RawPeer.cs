using Msgc.Reactive.Framing;
using Msgc.Reactive.Tests.Sessions;

namespace Msgc.Reactive.Tests.Mesh;

/// <summary>A peer named "raw" that dials server a, shakes hands, and from then on says what the test wants.</summary>
internal sealed class RawPeer
{
    private readonly PeerHelloFrame _hello;

    public RawPeer(Cluster cluster, ulong incarnation = 99)
    {
        _hello = new PeerHelloFrame(incarnation, 7, TimeSpan.FromSeconds(30), 1 << 20, "raw", "a");
        Tap = new Tap(cluster.Scheduler).Dial(cluster.Network.Host("evil"), "a:4809");
        Tap.Receiving = frame =>
        {
            if (frame.Kind == FrameKind.PeerWelcome) Tap.Send(PeerProof.Confirm(Proof(frame)));
        };
        Tap.Send(_hello.Write());
    }

    public Tap Tap { get; }

    public byte[] Hello => _hello.Write();

    /// <summary>A cluster of one server, a, that has a peer "raw", which nobody answers for.</summary>
    public static Cluster Cluster(Func<MsgcServerOptions, MsgcServerOptions>? change = null, ulong seed = 1) => new(
        1, o => (change ?? (c => c))(o with { Peers = new Dictionary<string, string> { ["raw"] = "nowhere" } }), seed);

    /// <summary>What has come since the handshake, no-ops left out.</summary>
    public List<TapFrame> Frames() => [.. Tap.Frames.Where(f => f.Kind is not (FrameKind.PeerWelcome or FrameKind.PeerReady or FrameKind.NoOp))];

    private byte[] Proof(TapFrame frame)
    {
        var welcome = PeerWelcomeFrame.Read(new Frame(frame.Bytes), out _)!;
        return PeerProof.Of(null, byDialler: true, (_hello.Nonce, _hello.Incarnation), (welcome.Nonce, welcome.Incarnation));
    }
}
