using System.Diagnostics.Metrics;

namespace Msgc.Reactive.Diagnostics;

/// <summary>A client's instruments, read when somebody collects.</summary>
internal sealed class ClientMeter : IDisposable
{
    private readonly Meter _meter = new(MeterName.Value);
    private readonly KeyValuePair<string, object?>[] _client;

    /// <param name="name">The client's.</param>
    /// <param name="id">Tells clients of one name apart.</param>
    /// <param name="traffic">Of all its sessions.</param>
    /// <param name="queued">Messages.</param>
    /// <param name="counts">Since its start.</param>
    public ClientMeter(string name, MsgcClientId id, Func<TrafficTotals> traffic, Func<int> queued, ClientCounts counts)
    {
        _client = [new("msgc.client.name", name), new("msgc.client.id", id.ToString())];
        Count("msgc.client.reconnects", () => counts.Reconnects, "{connection}", "Sessions established after the first.");
        Count("msgc.client.joins", () => counts.Joins, "{join}", "Joins acknowledged.");
        Count("msgc.client.gaps", () => counts.Gaps, "{gap}", "Gaps in what was joined.");
        Count("msgc.client.gaps.messages", () => counts.Missing, "{message}", "Messages that counted gaps stand for.");
        Count("msgc.client.messages.received", () => traffic().MessagesIn, "{message}", "Messages received.");
        Count("msgc.client.messages.sent", () => traffic().MessagesOut, "{message}", "Messages handed to connections.");
        Count("msgc.client.bytes.received", () => traffic().BytesIn, "By", "Bytes received.");
        Count("msgc.client.bytes.sent", () => traffic().BytesOut, "By", "Bytes handed to connections.");
        _meter.CreateObservableGauge("msgc.client.queue.messages", () => new Measurement<int>(queued(), _client), "{message}", "Messages queued to be sent.");
        _meter.CreateObservableCounter("msgc.client.diagnostics", () => Diagnosed(counts), "{message}", "What was reported in Diagnostics, in messages where it concerns some, by kind.");
    }

    public void Dispose() => _meter.Dispose();

    private void Count(string name, Func<long> read, string unit, string description) =>
        _meter.CreateObservableCounter(name, () => new Measurement<long>(read(), _client), unit, description);

    private IEnumerable<Measurement<long>> Diagnosed(ClientCounts counts) =>
        Enum.GetValues<MsgcDiagnosticKind>().Select(kind => new Measurement<long>(counts.Diagnosed(kind), [.. _client, new("msgc.kind", kind.ToString())]));
}
