using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>What a server tells its sessions, and what they tell it.</summary>
internal sealed record ServerSessionSettings(Func<WelcomeFrame> Welcome, int MaxFrameBytes, SessionRules Rules)
{
    /// <summary>The outbound limits in force.</summary>
    public required Func<BacklogLimits> Limits { get; init; }

    /// <summary>How long a queue may stall its feeders.</summary>
    public required Func<TimeSpan> StallTimeout { get; init; }

    /// <summary>Why a client is not let in, or null.</summary>
    public required Func<HelloFrame, string?> Authorize { get; init; }

    /// <summary>A client was refused.</summary>
    public required Action<ServerSession, string> Refused { get; init; }

    /// <summary>A client's queue has held its feeders up for StallTimeout; the group is that of a run that waited.</summary>
    public required Action<ServerSession, Load, string> Slow { get; init; }

    /// <summary>A client is stuck and about to be killed; the group is that of the run that did not fit.</summary>
    public required Action<ServerSession, Load, string> Stuck { get; init; }
}
