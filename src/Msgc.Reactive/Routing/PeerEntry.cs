using System.Reactive.Disposables;
using Msgc.Reactive.Groups;
using Msgc.Reactive.Operators;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Routing;

/// <summary>One entry of a server's peers, and what has become of it. Under the mesh's gate, but for the settings.</summary>
internal sealed class PeerEntry(string name, MsgcEndpoint endpoint, bool goesFirst)
{
    public string Name => name;

    /// <summary>Where it is dialled.</summary>
    public Setting<MsgcEndpoint> Endpoint { get; } = new(endpoint);

    /// <summary>True while it is not to be dialled: it has dialled us, or is ourselves. Never set under a lock.</summary>
    public Setting<bool> Taken { get; } = new(false);

    /// <summary>Which connection is the link.</summary>
    public Pairing<ServerSession> Pairing { get; } = new(goesFirst);

    /// <summary>The link was accepted, not dialled.</summary>
    public bool HasDialledUs { get; set; }

    public bool IsSelf { get; set; }

    /// <summary>True while it is not to be dialled.</summary>
    public bool IsTaken => IsSelf || (HasDialledUs && Pairing.Settled is not null);

    /// <summary>The end of the last link that was dialled, which is told when it is detached.</summary>
    public Exception? LastEnd { get; set; }

    /// <summary>What keeps it dialled.</summary>
    public SingleAssignmentDisposable Dialling { get; } = new();

    public MsgcPeerState State { get; set; } = new(name, endpoint, MsgcPeerPhase.Connecting);
}
