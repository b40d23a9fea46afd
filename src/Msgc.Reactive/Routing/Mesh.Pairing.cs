using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Routing;

/// <content>Whom to take for a peer, and which of several connections is the link.</content>
internal sealed partial class Mesh : IPeering
{
    private readonly ulong _incarnation;
    private readonly Func<ulong> _entropy;

    public string? Secret => _options().PeerSecret;

    public PeerHelloFrame Hello(string target)
    {
        var options = _options();
        return new PeerHelloFrame(_incarnation, _entropy(), options.IdleTimeout, options.MaxFrameBytes, options.Name, target);
    }

    public PeerWelcomeFrame Welcome()
    {
        var options = _options();
        return new PeerWelcomeFrame(_incarnation, _entropy(), options.IdleTimeout, options.Name, ReadOnlyMemory<byte>.Empty);
    }

    public RefusedFrame? Refuse(ServerSession accepted, PeerHelloFrame hello)
    {
        var options = _options();
        if (hello.Incarnation == _incarnation) return new RefusedFrame("it is this very server", Final: false, Self: true);
        if (hello.Name == options.Name) return No($"another server is named '{options.Name}', too");
        if (hello.Target != options.Name) return No($"it was dialled as '{hello.Target}', but its name is '{options.Name}'");
        if (hello.MaxFrameBytes != options.MaxFrameBytes) return No($"MaxFrameBytes is {hello.MaxFrameBytes} at '{hello.Name}', and {options.MaxFrameBytes} at '{options.Name}'");
        lock (_gate)
        {
            if (_isStopping) return No($"'{options.Name}' is stopping");
            if (!_peers.TryGetValue(hello.Name, out var peer)) return No($"'{hello.Name}' is not among the peers of '{options.Name}'");
            if (peer.Pairing.Settled is { Peer: { } known } && known.Incarnation != hello.Incarnation)
                return No($"'{options.Name}' is linked to another server named '{hello.Name}'; if that was restarted, its old link has yet to end");
            peer.Pairing.Hello(accepted);
            _connections[accepted] = peer;
        }
        accepted.Closed += () => Ended(accepted);
        return null;
    }

    public bool TryWelcome(ServerSession dialled, PeerWelcomeFrame welcome)
    {
        lock (_gate)
        {
            if (!_connections.TryGetValue(dialled, out var peer)) return false;
            if (welcome.Name == peer.Name) return peer.Pairing.TryWelcome(dialled);
        }
        dialled.Fail(MsgcCause.Refused, $"The server at {dialled.RemoteAddress} is named '{welcome.Name}'.");
        return false;
    }

    public bool TryConfirm(ServerSession accepted, PeerHelloFrame hello) => TrySettle(
        accepted, dialledUs: true, static (PeerEntry peer, ServerSession session, out List<ServerSession> others) => peer.Pairing.TryConfirm(session, out others));

    public bool TryReady(ServerSession dialled) => TrySettle(
        dialled, dialledUs: false, static (PeerEntry peer, ServerSession session, out List<ServerSession> others) => peer.Pairing.TryReady(session, out others));

    private static RefusedFrame No(string reason) => new(reason, Final: false);

    private delegate bool Step(PeerEntry peer, ServerSession session, out List<ServerSession> others);

    private bool TrySettle(ServerSession session, bool dialledUs, Step step)
    {
        PeerEntry? peer;
        List<ServerSession> others;
        lock (_gate)
        {
            if (!_connections.TryGetValue(session, out peer) || !step(peer, session, out others)) return false;
            peer.HasDialledUs = dialledUs;
        }
        foreach (var other in others) other.Fail(MsgcCause.Closed, "Another connection of these two servers is their link.");
        Settle(peer);
        return true;
    }
}
