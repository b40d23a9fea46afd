using System.Buffers;
using System.Text.Json;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive;

/// <summary>
/// What a server itself publishes, in groups whose names start with $, and only while somebody listens there. Its messages carry its
/// incarnation as sender, and numbers as any other's; one that a listener's queue has no room for is dropped there.
/// </summary>
internal sealed class SystemGroups(string serverName, ulong incarnation, Dispatcher dispatcher, Func<IReadOnlyList<MsgcPeerState>> peers)
{
    private static readonly byte[] PeersGroup = "$msgc.peers"u8.ToArray();

    private readonly Lock _gate = new();
    private ulong _number;

    /// <summary>Where messages go; set once, before anything is published.</summary>
    public Switchboard Switchboard { get; set; } = null!;

    /// <summary>Somebody has begun to listen. Called under a lock, so it happens later.</summary>
    public void Listened(byte[] group)
    {
        if (group.AsSpan().SequenceEqual(PeersGroup)) dispatcher.Post(PublishPeers);
    }

    /// <summary>Publishes the states of the links as JSON, if anybody listens.</summary>
    public void PublishPeers()
    {
        lock (_gate)
        {
            if (Switchboard.Find(PeersGroup) is not { Recipients: { Length: > 0 } recipients }) return;
            var payload = Payload(peers());
            var frame = new byte[MessageFrame.LengthOf(PeersGroup.Length, payload.Length)];
            MessageFrame.Write(frame, incarnation, ++_number, PeersGroup, payload);
            foreach (var recipient in recipients)
            {
                var run = new Run(new Block(frame), 0, frame.Length, 1);
                if (recipient.Outbox.TryReserve(run.Load)) recipient.Outbox.Enqueue(run);
            }
        }
    }

    private ReadOnlySpan<byte> Payload(IReadOnlyList<MsgcPeerState> states)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("server", serverName);
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
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }
}
