using System.Text.Json;

namespace Msgc.Tool.Top;

/// <summary>What a server publishes of itself, in the system's group <c>$msgc.stats</c>. All counts are totals.</summary>
internal sealed record StatisticsReport(string Server, string Incarnation, double Seconds)
{
    public const string Group = "$msgc.stats";

    /// <summary>How long after the one before it, in seconds, the server tells its figures while somebody listens.</summary>
    public double Interval { get; init; }

    public required Traffic Totals { get; init; }

    public long Gaps { get; init; }

    /// <summary>Connections that ended, by cause; those causes only that there were.</summary>
    public required IReadOnlyDictionary<string, long> Ends { get; init; }

    public required IReadOnlyList<Connection> Connections { get; init; }

    public required IReadOnlyList<Topic> Groups { get; init; }

    public int OmittedConnections { get; init; }

    public int OmittedGroups { get; init; }

    /// <summary>The report in a payload, or null when there is none that this version understands.</summary>
    public static StatisticsReport? Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var json = JsonDocument.Parse(payload);
            var root = json.RootElement;
            var totals = root.GetProperty("totals");
            return new StatisticsReport(Text(root, "server"), Text(root, "incarnation"), root.GetProperty("seconds").GetDouble())
            {
                Interval = root.GetProperty("interval").GetDouble(),
                Totals = ReadTraffic(totals),
                Gaps = Number(totals, "gaps"),
                Ends = totals.GetProperty("ends").EnumerateObject().Where(end => end.Value.GetInt64() > 0).ToDictionary(end => end.Name, end => end.Value.GetInt64()),
                Connections = [.. root.GetProperty("connections").EnumerateArray().Select(ReadConnection)],
                Groups = [.. root.GetProperty("groups").EnumerateArray().Select(ReadGroup)],
                OmittedConnections = (int)Number(root, "omittedConnections"),
                OmittedGroups = (int)Number(root, "omittedGroups"),
            };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static Connection ReadConnection(JsonElement json) => new(Text(json, "kind"), Text(json, "name"), Text(json, "id"), Text(json, "address"))
    {
        Traffic = ReadTraffic(json),
        Queued = Number(json, "queued"),
        QueuedSeconds = json.GetProperty("queuedSeconds").GetDouble(),
        IsStalled = json.GetProperty("stalled").GetBoolean(),
    };

    private static Topic ReadGroup(JsonElement json) => new(Text(json, "name"), (int)Number(json, "members"), Number(json, "messages"));

    private static Traffic ReadTraffic(JsonElement json) => new(
        Number(json, "messagesIn"), Number(json, "bytesIn"), Number(json, "messagesOut"), Number(json, "bytesOut"), Number(json, "stalls"));

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new FormatException(name);

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    /// <summary>One connection of the server.</summary>
    internal sealed record Connection(string Kind, string Name, string Id, string Address)
    {
        public required Traffic Traffic { get; init; }

        public long Queued { get; init; }

        public double QueuedSeconds { get; init; }

        public bool IsStalled { get; init; }
    }

    /// <summary>One group, with its members at the server and the messages published there.</summary>
    internal sealed record Topic(string Name, int Members, long Messages);

    /// <summary>What was carried.</summary>
    internal readonly record struct Traffic(long MessagesIn, long BytesIn, long MessagesOut, long BytesOut, long Stalls);
}
