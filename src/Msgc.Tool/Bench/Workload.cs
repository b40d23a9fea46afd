namespace Msgc.Tool.Bench;

/// <summary>What is to be measured.</summary>
internal sealed record Workload
{
    /// <summary>Where publishers connect, in order.</summary>
    public required string[] PublishTo { get; init; }

    /// <summary>Where subscribers connect, in order.</summary>
    public required string[] SubscribeAt { get; init; }

    public required int Publishers { get; init; }

    /// <summary>Each joins all groups.</summary>
    public required int Subscribers { get; init; }

    /// <summary>Each publisher publishes to them in turn.</summary>
    public required int Groups { get; init; }

    /// <summary>Bytes of a payload.</summary>
    public required int Size { get; init; }

    /// <summary>Of each publisher; null: as many as the duration allows.</summary>
    public long? Messages { get; init; }

    /// <summary>Null: until all messages are published.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Messages per second of each publisher; null: as fast as flow control allows.</summary>
    public double? Rate { get; init; }

    public TimeSpan WarmUp { get; init; }
}
