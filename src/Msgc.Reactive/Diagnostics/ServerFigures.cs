namespace Msgc.Reactive.Diagnostics;

/// <summary>What a server's meter shows beside its counts, as of one look at its connections.</summary>
internal sealed class ServerFigures
{
    public int Clients { get; set; }

    public int Links { get; set; }

    public TrafficTotals Traffic { get; init; }

    public int QueuedMessages { get; set; }

    public long QueuedBytes { get; set; }

    /// <summary>How long the message that has waited longest has done so.</summary>
    public TimeSpan OldestAge { get; set; }
}
