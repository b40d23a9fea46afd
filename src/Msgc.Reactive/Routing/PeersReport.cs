using System.Buffers;
using System.Text.Json;
using Msgc.Reactive.Diagnostics;

namespace Msgc.Reactive.Routing;

/// <summary>The states of a server's links as JSON.</summary>
internal static class PeersReport
{
    /// <summary>Where not everything fits, reasons are left out first, and then the last of the peers, whose number is told.</summary>
    public static ReadOnlyMemory<byte> Write(string server, IReadOnlyList<MsgcPeerState> states, int mostBytes)
    {
        var whole = Payload(server, states, 0);
        if (whole.Length <= mostBytes) return whole;
        MsgcPeerState[] brief = [.. states.Select(state => state with { Reason = null })];
        return Fitting.Most(brief.Length, mostBytes, count => Payload(server, brief.AsSpan(0, count).ToArray(), brief.Length - count));
    }

    private static ReadOnlyMemory<byte> Payload(string server, IReadOnlyList<MsgcPeerState> states, int omitted)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("server", server);
        json.WriteStartArray("peers");
        foreach (var state in states)
        {
            json.WriteStartObject();
            json.WriteString("name", state.Name);
            json.WriteString("endpoint", state.Endpoint.ToString());
            json.WriteString("state", state.Phase.ToString());
            if (state.Cause is { } cause) json.WriteString("cause", cause.ToString());
            if (state.Reason is { } reason) json.WriteString("reason", reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (omitted > 0) json.WriteNumber("omitted", omitted);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
