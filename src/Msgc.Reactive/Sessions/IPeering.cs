using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>A server's rules for becoming linked: what to say of itself, whom to take, and which of several connections is the link.</summary>
internal interface IPeering
{
    /// <summary>The secret shared by all servers, or null.</summary>
    string? Secret { get; }

    /// <summary>What this server says of itself to the server of that name when it dials it.</summary>
    PeerHelloFrame Hello(string target);

    /// <summary>What it says of itself to one that dialled it, its proof left out.</summary>
    PeerWelcomeFrame Welcome();

    /// <summary>Why a peer that dialled is not taken, or null when it is.</summary>
    RefusedFrame? Refuse(ServerSession accepted, PeerHelloFrame hello);

    /// <summary>Dialled, and welcomed: true when it is to be confirmed.</summary>
    bool TryWelcome(ServerSession dialled, PeerWelcomeFrame welcome);

    /// <summary>Accepted, and confirmed: true when it is the link.</summary>
    bool TryConfirm(ServerSession accepted, PeerHelloFrame hello);

    /// <summary>Dialled, confirmed and settled at the far end: true when it is the link.</summary>
    bool TryReady(ServerSession dialled);
}
