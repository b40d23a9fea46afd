using System.Reactive.Concurrency;

namespace Msgc.Reactive.Sessions;

/// <summary>What an outbox needs to know, and whom it tells.</summary>
/// <param name="Scheduler">The clock of the stall.</param>
/// <param name="Slow">A stall has expired, with so much queued, while that group's messages waited: the connection is slow, and nobody waits for it any longer.</param>
/// <param name="Stuck">A run did not fit into a queue whose stall had expired: the connection is to be killed.</param>
internal sealed record OutboxSettings(IScheduler Scheduler, Action<Load, string> Slow, Action<Load, string> Stuck)
{
    /// <summary>The limits in force; replaced when options change.</summary>
    public required Func<BacklogLimits> LimitsInForce { get; init; }

    /// <summary>How long a stall may last.</summary>
    public required Func<TimeSpan> StallTimeout { get; init; }

    /// <summary>How long the server has been running.</summary>
    public required Func<TimeSpan> Clock { get; init; }

    /// <summary>Where copies for a lagging recipient come from.</summary>
    public required BlockPool Pool { get; init; }

    public BacklogLimits Limits => LimitsInForce();
}
