namespace Msgc.Reactive.Diagnostics;

/// <summary>A server's figures at one moment, counted since its start.</summary>
internal sealed record ServerStatistics(string Server, ulong Incarnation, TimeSpan Uptime, TrafficTotals Totals)
{
    /// <summary>Rare events.</summary>
    public required ServerCounts Counts { get; init; }

    /// <summary>Live sessions and links, the longest queue first.</summary>
    public required IReadOnlyList<ConnectionStatistics> Connections { get; init; }

    /// <summary>The groups with the most messages.</summary>
    public required IReadOnlyList<GroupStatistics> Groups { get; init; }

    /// <summary>How many groups with members here, or messages, there are beside these.</summary>
    public int OmittedGroups { get; init; }
}

/// <summary>One connection's figures.</summary>
/// <param name="IsLink">It goes to a peer, else to a client.</param>
/// <param name="Name">The client's or the peer's.</param>
/// <param name="Id">The client's id, or the peer's incarnation.</param>
/// <param name="Address">The far end's.</param>
/// <param name="Age">Since when it is there.</param>
internal sealed record ConnectionStatistics(bool IsLink, string Name, MsgcClientId Id, string Address, TimeSpan Age)
{
    public required TrafficTotals Traffic { get; init; }

    public int QueuedMessages { get; init; }

    public long QueuedBytes { get; init; }

    /// <summary>How long the oldest queued message has waited.</summary>
    public TimeSpan QueueAge { get; init; }

    /// <summary>It holds its feeders up just now.</summary>
    public bool IsStalled { get; init; }
}

/// <summary>One group's figures.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Members">Its members at this server.</param>
/// <param name="Messages">Published by clients of this server; counted only while somebody listens.</param>
internal sealed record GroupStatistics(string Name, int Members, long Messages);

/// <summary>Sums over connections.</summary>
internal readonly record struct TrafficTotals(long MessagesIn, long BytesIn, long MessagesOut, long BytesOut, long Stalls)
{
    public static TrafficTotals operator +(TrafficTotals a, TrafficTotals b) => new(
        a.MessagesIn + b.MessagesIn, a.BytesIn + b.BytesIn, a.MessagesOut + b.MessagesOut, a.BytesOut + b.BytesOut, a.Stalls + b.Stalls);
}
