using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>What a server tells its sessions, and what they tell it.</summary>
internal sealed record ServerSessionSettings(Func<WelcomeFrame> Welcome, int MaxFrameBytes, SessionRules Rules)
{
    /// <summary>What their outboxes need to know.</summary>
    public required OutboxSettings Outbox { get; init; }

    /// <summary>Why a client is not let in, or null.</summary>
    public required Func<HelloFrame, string?> Authorize { get; init; }

    /// <summary>How this server becomes linked to peers.</summary>
    public required IPeering Peering { get; init; }

    /// <summary>What the frames of links do.</summary>
    public required ILinks Links { get; init; }

    /// <summary>A client or peer was refused.</summary>
    public required Action<ServerSession, string> Refused { get; init; }

    /// <summary>A queue has held its feeders up for StallTimeout; the group is that of a run that waited.</summary>
    public required Action<ServerSession, Load, string> Slow { get; init; }

    /// <summary>A connection is stuck and about to be killed; the group is that of the run that did not fit.</summary>
    public required Action<ServerSession, Load, string> Stuck { get; init; }
}
