namespace Msgc.Tool.Top;

/// <summary>What the servers of a mesh report, each with the report before it, and the rows that follow from them. Pure but for the times it is given.</summary>
internal sealed class ClusterFigures
{
    /// <summary>A server that has not reported for so long, in seconds, is shown as lost.</summary>
    public const double Lost = 3;

    private readonly SortedDictionary<string, Seen> _servers = new(StringComparer.Ordinal);
    private double? _begun;

    /// <summary>
    /// There are all servers, and rates of all that are not lost. While somebody else listens already, servers report only when it is their
    /// time: those of the mesh are known once a whole interval, and half of one for the delays, has passed since the first report.
    /// </summary>
    public bool IsComplete(double time)
    {
        var present = _servers.Values.Where(seen => !seen.IsLost(time)).ToArray();
        return present.Length > 0 && present.All(seen => seen.Before is not null) && time - _begun >= 1.5 * present.Max(seen => seen.Now.Interval);
    }

    /// <summary>Takes a report that came at that time, in seconds of any clock.</summary>
    public void Add(StatisticsReport report, double time)
    {
        _begun ??= time;
        var known = _servers.TryGetValue(report.Server, out var seen) && seen.Now.Incarnation == report.Incarnation ? seen : null;
        _servers[report.Server] = known?.Next(report, time) ?? new Seen(report, time) { Base = report };
    }

    public IReadOnlyList<ServerRow> Servers(double time) =>
    [
        .. _servers.Values.Select(seen => new ServerRow(seen.Now, seen.Rates(seen.Before?.Totals, seen.Now.Totals), seen.IsLost(time))),
    ];

    /// <summary>The longest queue first, then the busiest.</summary>
    public IReadOnlyList<ConnectionRow> Connections(double time) =>
    [
        .. _servers.Values.Where(seen => !seen.IsLost(time))
            .SelectMany(seen => seen.Now.Connections.Select(connection => new ConnectionRow(seen.Now.Server, connection, seen.RatesOf(connection))))
            .OrderByDescending(row => row.Connection.Queued)
            .ThenByDescending(row => row.Rates.MessagesIn + row.Rates.MessagesOut)
            .ThenBy(row => row.Connection.Name, StringComparer.Ordinal)
            .ThenBy(row => row.Server, StringComparer.Ordinal),
    ];

    /// <summary>The busiest first; members and messages of all servers together.</summary>
    public IReadOnlyList<GroupRow> Groups(double time) =>
    [
        .. _servers.Values.Where(seen => !seen.IsLost(time))
            .SelectMany(seen => seen.Now.Groups.Select(group => new GroupRow(group.Name, group.Members, seen.RateOf(group))))
            .GroupBy(row => row.Name, StringComparer.Ordinal)
            .Select(rows => new GroupRow(rows.Key, rows.Sum(row => row.Members), rows.Sum(row => row.Messages)))
            .OrderByDescending(row => row.Messages)
            .ThenByDescending(row => row.Members)
            .ThenBy(row => row.Name, StringComparer.Ordinal),
    ];

    /// <summary>How many connections and groups the servers that are not lost had no room for; a group counts once at each of them.</summary>
    public (int Connections, int Groups) Omitted(double time)
    {
        var reports = _servers.Values.Where(seen => !seen.IsLost(time)).Select(seen => seen.Now).ToArray();
        return (reports.Sum(report => report.OmittedConnections), reports.Sum(report => report.OmittedGroups));
    }

    /// <summary>A server's latest report, and when it came.</summary>
    private sealed record Seen(StatisticsReport Now, double Time)
    {
        /// <summary>What rates are taken from: an earlier report of the same incarnation, or null.</summary>
        public StatisticsReport? Before { get; init; }

        /// <summary>What the next rates are taken from, once there is a report that came long enough after it.</summary>
        public required StatisticsReport Base { get; init; }

        /// <summary>Who begins to listen beside us makes servers report in between: a rate over a moment says nothing.</summary>
        public Seen Next(StatisticsReport report, double time) => report.Seconds - Base.Seconds >= report.Interval / 2
            ? new Seen(report, time) { Before = Base, Base = report }
            : new Seen(report, time) { Before = Before, Base = Base };

        public bool IsLost(double time) => time - Time > Lost;

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
