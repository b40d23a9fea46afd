using System.Buffers;
using System.Text.Json;

namespace Msgc.Reactive.Diagnostics;

/// <summary>A server's statistics as JSON, the shape of PROTOCOL.md.</summary>
internal static class StatisticsReport
{
    /// <summary>Where not everything fits, groups are left out first, and then the last of the connections; their numbers are told.</summary>
    public static ReadOnlyMemory<byte> Write(ServerStatistics statistics, TimeSpan interval, int mostBytes)
    {
        var (connections, groups) = (statistics.Connections.Count, statistics.Groups.Count);
        var whole = Payload(statistics, interval, connections, groups);
        if (whole.Length <= mostBytes) return whole;
        var brief = Payload(statistics, interval, connections, 0);
        return brief.Length <= mostBytes
            ? Fitting.Most(groups, mostBytes, count => Payload(statistics, interval, connections, count))
            : Fitting.Most(connections, mostBytes, count => Payload(statistics, interval, count, 0));
    }

    private static ReadOnlyMemory<byte> Payload(ServerStatistics statistics, TimeSpan interval, int connections, int groups)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("server", statistics.Server);
        json.WriteString("incarnation", statistics.Incarnation.ToString("x16", null));
        json.WriteNumber("seconds", Seconds(statistics.Uptime));
        json.WriteNumber("interval", Seconds(interval));
        WriteTotals(json, statistics);
        json.WriteStartArray("connections");
        foreach (var connection in statistics.Connections.Take(connections)) Write(json, connection);
        json.WriteEndArray();
        json.WriteStartArray("groups");
        foreach (var group in statistics.Groups.Take(groups)) Write(json, group);
        json.WriteEndArray();
        json.WriteNumber("omittedConnections", statistics.Connections.Count - connections);
        json.WriteNumber("omittedGroups", statistics.OmittedGroups + statistics.Groups.Count - groups);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteTotals(Utf8JsonWriter json, ServerStatistics statistics)
    {
        var counts = statistics.Counts;
        json.WriteStartObject("totals");
        json.WriteNumber("accepted", counts.Accepted);
        json.WriteNumber("refused", counts.Refused);
        Write(json, statistics.Totals);
        json.WriteNumber("joins", counts.Joins);
        json.WriteNumber("leaves", counts.Leaves);
        json.WriteNumber("views", counts.Views);
        json.WriteNumber("gaps", counts.Gaps);
        json.WriteStartObject("ends");
        foreach (var cause in Enum.GetValues<MsgcCause>()) json.WriteNumber(cause.ToString(), counts.Ends(cause));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ConnectionStatistics connection)
    {
        json.WriteStartObject();
        json.WriteString("kind", connection.IsLink ? "link" : "client");
        json.WriteString("name", connection.Name);
        json.WriteString("id", connection.Id.ToString());
        json.WriteString("address", connection.Address);
        json.WriteNumber("seconds", Seconds(connection.Age));
        Write(json, connection.Traffic);
        json.WriteNumber("queued", connection.QueuedMessages);
        json.WriteNumber("queuedBytes", connection.QueuedBytes);
        json.WriteNumber("queuedSeconds", Seconds(connection.QueueAge));
        json.WriteBoolean("stalled", connection.IsStalled);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, GroupStatistics group)
    {
        json.WriteStartObject();
        json.WriteString("name", group.Name);
        json.WriteNumber("members", group.Members);
        json.WriteNumber("messages", group.Messages);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TrafficTotals traffic)
    {
        json.WriteNumber("messagesIn", traffic.MessagesIn);
        json.WriteNumber("bytesIn", traffic.BytesIn);
        json.WriteNumber("messagesOut", traffic.MessagesOut);
        json.WriteNumber("bytesOut", traffic.BytesOut);
        json.WriteNumber("stalls", traffic.Stalls);
    }

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);
}
