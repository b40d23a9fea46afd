namespace Msgc.Tool.Top;

/// <summary>What the servers of a mesh report, each with the report before it, and the rows that follow from them. Pure but for the times it is given.</summary>
internal sealed class ClusterFigures
{
    /// <summary>A server that has not reported for so long, in seconds, is shown as lost.</summary>
    public const double Lost = 3;

    private readonly SortedDictionary<string, Seen> _servers = new(StringComparer.Ordinal);

    /// <summary>Each server known has reported twice, so that there are rates.</summary>
    public bool IsComplete => _servers.Count > 0 && _servers.Values.All(seen => seen.Before is not null);

    /// <summary>Takes a report that came at that time, in seconds of any clock.</summary>
    public void Add(StatisticsReport report, double time)
    {
        var before = _servers.TryGetValue(report.Server, out var seen) && seen.Now.Incarnation == report.Incarnation ? seen.Now : null;
        // Who begins to listen beside us makes servers report in between: a rate over a moment says nothing.
        if (before is not null && report.Seconds - before.Seconds < 0.5) before = seen!.Before ?? before;
        _servers[report.Server] = new Seen(report, before, time);
    }

    public IReadOnlyList<ServerRow> Servers(double time) =>
    [
        .. _servers.Values.Select(seen => new ServerRow(seen.Now, seen.Rates(seen.Before?.Totals, seen.Now.Totals), time - seen.Time > Lost)),
    ];

    /// <summary>The longest queue first, then the busiest.</summary>
    public IReadOnlyList<ConnectionRow> Connections(double time) =>
    [
        .. _servers.Values.Where(seen => time - seen.Time <= Lost)
            .SelectMany(seen => seen.Now.Connections.Select(connection => new ConnectionRow(seen.Now.Server, connection, seen.RatesOf(connection))))
            .OrderByDescending(row => row.Connection.Queued)
            .ThenByDescending(row => row.Rates.MessagesIn + row.Rates.MessagesOut)
            .ThenBy(row => row.Connection.Name, StringComparer.Ordinal)
            .ThenBy(row => row.Server, StringComparer.Ordinal),
    ];

    /// <summary>The busiest first; members and messages of all servers together.</summary>
    public IReadOnlyList<GroupRow> Groups(double time) =>
    [
        .. _servers.Values.Where(seen => time - seen.Time <= Lost)
            .SelectMany(seen => seen.Now.Groups.Select(group => new GroupRow(group.Name, group.Members, seen.RateOf(group))))
            .GroupBy(row => row.Name, StringComparer.Ordinal)
            .Select(rows => new GroupRow(rows.Key, rows.Sum(row => row.Members), rows.Sum(row => row.Messages)))
            .OrderByDescending(row => row.Messages)
            .ThenByDescending(row => row.Members)
            .ThenBy(row => row.Name, StringComparer.Ordinal),
    ];

    /// <summary>How many connections and groups the servers had no room for.</summary>
    public (int Connections, int Groups) Omitted => (_servers.Values.Sum(seen => seen.Now.OmittedConnections), _servers.Values.Sum(seen => seen.Now.OmittedGroups));

    /// <summary>A server's latest report, the one before of the same incarnation, and when the latest came.</summary>
    private sealed record Seen(StatisticsReport Now, StatisticsReport? Before, double Time)
    {
        private double Elapsed => Before is null ? 0 : Now.Seconds - Before.Seconds;

        public Rates Rates(StatisticsReport.Traffic? before, StatisticsReport.Traffic now) => before is { } known ? Top.Rates.Between(known, now, Elapsed) : default;

        /// <summary>One that the report before did not know has begun since then, from nothing.</summary>
        public Rates RatesOf(StatisticsReport.Connection connection) => Before is null ? default : Rates(
            Before.Connections.FirstOrDefault(other => (other.Kind, other.Id, other.Address) == (connection.Kind, connection.Id, connection.Address))?.Traffic ?? default, connection.Traffic);

        public double RateOf(StatisticsReport.Topic group) => Before?.Groups.FirstOrDefault(other => other.Name == group.Name) is { } before && Elapsed > 0
            ? Math.Max(0, group.Messages - before.Messages) / Elapsed
            : 0;
    }
}

/// <summary>A server, and whether it has fallen silent.</summary>
internal sealed record ServerRow(StatisticsReport Report, Rates Rates, bool IsLost)
{
    public int Clients => Report.Connections.Count(connection => connection.Kind == "client") + Report.OmittedConnections;

    public int Links => Report.Connections.Count(connection => connection.Kind == "link");

    public long Queued => Report.Connections.Sum(connection => connection.Queued);
}

/// <summary>A connection of a server.</summary>
internal sealed record ConnectionRow(string Server, StatisticsReport.Connection Connection, Rates Rates);

/// <summary>A group over all servers.</summary>
internal sealed record GroupRow(string Name, int Members, double Messages);
