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

/// <summary>Whom an outbox tells that its connection does not keep up.</summary>
internal interface IOutboxOwner
{
    /// <summary>A stall has expired, with so much queued, while that group's messages waited: the connection is slow, and nobody waits for it any longer.</summary>
    void Slow(Load used, string group);

    /// <summary>A run of that group did not fit into a queue whose stall had expired: the connection is to be killed.</summary>
    void Stuck(Load used, string group);
}
