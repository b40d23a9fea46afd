using System.Buffers;
using System.Text.Json;

namespace Msgc.Tool.Top;

/// <summary>The figures as one JSON object.</summary>
internal static class TopJson
{
    public static void Write((ClusterFigures Figures, double Time) top, ArrayBufferWriter<byte> line)
    {
        using var json = new Utf8JsonWriter(line, LineFormat.Relaxed);
        json.WriteStartObject();
        json.WriteStartArray("servers"u8);
        foreach (var row in top.Figures.Servers(top.Time)) Write(json, row);
        json.WriteEndArray();
        json.WriteStartArray("connections"u8);
        foreach (var row in top.Figures.Connections(top.Time)) Write(json, row);
        json.WriteEndArray();
        json.WriteStartArray("groups"u8);
        foreach (var row in top.Figures.Groups(top.Time))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, row.Name);
            json.WriteNumber("members"u8, row.Members);
            json.WriteNumber("messagesPerSecond"u8, Round(row.Messages));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        var (omittedConnections, omittedGroups) = top.Figures.Omitted(top.Time);
        json.WriteNumber("omittedConnections"u8, omittedConnections);
        json.WriteNumber("omittedGroups"u8, omittedGroups);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ServerRow row)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, row.Report.Server);
        json.WriteBoolean("silent"u8, row.IsLost);
        json.WriteNumber("seconds"u8, row.Report.Seconds);
        json.WriteNumber("clients"u8, row.Clients);
        json.WriteNumber("links"u8, row.Links);
        Write(json, row.Rates);
        json.WriteNumber("queued"u8, row.Queued);
        json.WriteNumber("stalls"u8, row.Report.Totals.Stalls);
        json.WriteNumber("gaps"u8, row.Report.Gaps);
        json.WriteStartObject("ends"u8);
        foreach (var (cause, count) in row.Report.Ends) json.WriteNumber(cause, count);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ConnectionRow row)
    {
        var connection = row.Connection;
        json.WriteStartObject();
        json.WriteString("name"u8, connection.Name);
        json.WriteString("kind"u8, connection.Kind);
        json.WriteString("id"u8, connection.Id);
        json.WriteString("server"u8, row.Server);
        json.WriteString("address"u8, connection.Address);
        Write(json, row.Rates);
        json.WriteNumber("queued"u8, connection.Queued);
        json.WriteNumber("queuedSeconds"u8, connection.QueuedSeconds);
        json.WriteNumber("stalls"u8, connection.Traffic.Stalls);
        json.WriteBoolean("stalled"u8, connection.IsStalled);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Rates rates)
    {
        json.WriteNumber("messagesInPerSecond"u8, Round(rates.MessagesIn));
        json.WriteNumber("messagesOutPerSecond"u8, Round(rates.MessagesOut));
        json.WriteNumber("bytesInPerSecond"u8, Round(rates.BytesIn));
        json.WriteNumber("bytesOutPerSecond"u8, Round(rates.BytesOut));
    }

    private static double Round(double value) => Math.Round(value, 1);
}
