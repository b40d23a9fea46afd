using System.Reactive.Concurrency;

namespace Msgc.Reactive.Sessions;

/// <summary>What a server's outboxes need to know.</summary>
/// <param name="Scheduler">The clock of the stalls.</param>
internal sealed record OutboxSettings(IScheduler Scheduler)
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
