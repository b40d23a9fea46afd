using System.Text.Json;

namespace Msgc.Tool;

/// <summary>What a server publishes of its links, in the system's group <c>$msgc.peers</c>.</summary>
/// <param name="Server">Whose links they are.</param>
/// <param name="Peers">Those that the report has room for.</param>
/// <param name="Omitted">How many it has no room for.</param>
internal sealed record PeersReport(string Server, PeersReport.Peer[] Peers, int Omitted)
{
    public const string Group = "$msgc.peers";

    /// <summary>The report in a payload, or null when there is none that this version understands.</summary>
    public static PeersReport? Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var json = JsonDocument.Parse(payload);
            var root = json.RootElement;
            var omitted = root.TryGetProperty("omitted", out var count) ? count.GetInt32() : 0;
            return new PeersReport(Text(root, "server"), [.. root.GetProperty("peers").EnumerateArray().Select(ReadPeer)], omitted);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static Peer ReadPeer(JsonElement json) =>
        new(Text(json, "name"), Text(json, "endpoint"), Text(json, "state"), OptionalText(json, "cause"), OptionalText(json, "reason"));

    private static string Text(JsonElement json, string name) => OptionalText(json, name) ?? throw new KeyNotFoundException(name);

    private static string? OptionalText(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>One link.</summary>
    internal sealed record Peer(string Name, string Endpoint, string State, string? Cause, string? Reason)
    {
        public bool IsLinked => State is "Linked" or "Self";
    }
}
