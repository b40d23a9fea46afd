namespace Msgc.Tool.Bench;

/// <summary>What is to be measured.</summary>
/// <param name="PublishTo">Servers of the publishers.</param>
/// <param name="SubscribeAt">Servers of the subscribers.</param>
internal sealed record BenchPlan(string[] PublishTo, string[] SubscribeAt)
{
    public required int Publishers { get; init; }

    public required int Subscribers { get; init; }

    public required int Groups { get; init; }

    /// <summary>Bytes of a payload.</summary>
    public required int Size { get; init; }

    /// <summary>Messages of each publisher; null: as many as go in <see cref="Seconds"/>.</summary>
    public long? Messages { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Messages per second of each publisher; null: as fast as flow control lets them.</summary>
    public double? Rate { get; init; }
}
