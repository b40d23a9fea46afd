using System.Buffers;
using System.Text.Json;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Routing;

/// <summary>
/// What a server itself publishes, in groups whose names start with $, and only while somebody listens there. Its messages carry its
/// incarnation as sender, and numbers as any other's; one that a listener's queue has no room for is dropped there.
/// </summary>
internal sealed class SystemGroups(
    string serverName, ulong incarnation, int maxFrameBytes, Dispatcher dispatcher, Func<IReadOnlyList<MsgcPeerState>> peers)
{
    private static readonly byte[] PeersGroup = "$msgc.peers"u8.ToArray();

    private readonly Lock _gate = new();
    private ulong _number;
    private int _isPosted;

    /// <summary>Where messages go; set once, before anything is published.</summary>
    public Switchboard Switchboard { get; set; } = null!;

    /// <summary>Somebody has begun to listen. Called under a lock, so it happens later, and once for all who have begun by then.</summary>
    public void Listened(byte[] group)
    {
        if (group.AsSpan().SequenceEqual(PeersGroup) && Interlocked.Exchange(ref _isPosted, 1) == 0) dispatcher.Post(PublishPeers);
    }

    /// <summary>Publishes the states of the links as JSON, if anybody listens.</summary>
    public void PublishPeers()
    {
        lock (_gate)
        {
            Interlocked.Exchange(ref _isPosted, 0); // before looking: who begins to listen after that posts anew
            if (Switchboard.Find(PeersGroup) is not { Recipients: { Length: > 0 } recipients }) return;
            var payload = Fitting(peers());
            var frame = new byte[MessageFrame.LengthOf(PeersGroup.Length, payload.Length)];
            MessageFrame.Write(frame, incarnation, ++_number, PeersGroup, payload);
            foreach (var recipient in recipients)
            {
                var run = new Run(new Block(frame), 0, frame.Length, 1);
                if (recipient.Outbox.TryReserve(run.Load)) recipient.Outbox.Enqueue(run);
            }
        }
    }

    /// <summary>Where not everything fits into a frame, reasons are left out first, and then the last of the peers, whose number is told.</summary>
    private ReadOnlySpan<byte> Fitting(IReadOnlyList<MsgcPeerState> states)
    {
        var most = maxFrameBytes - MessageFrame.LengthOf(PeersGroup.Length, 0);
        var payload = Payload(states, 0);
        if (payload.Length <= most) return payload;
        states = [.. states.Select(state => state with { Reason = null })];
        var (fits, tooMany) = (0, states.Count + 1);
        while (tooMany - fits > 1)
        {
            var middle = (fits + tooMany) / 2;
            if (Payload([.. states.Take(middle)], states.Count - middle).Length <= most) fits = middle;
            else tooMany = middle;
        }
        return Payload([.. states.Take(fits)], states.Count - fits);
    }

    private ReadOnlySpan<byte> Payload(IReadOnlyList<MsgcPeerState> states, int omitted)
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
        if (omitted > 0) json.WriteNumber("omitted", omitted);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }
}
