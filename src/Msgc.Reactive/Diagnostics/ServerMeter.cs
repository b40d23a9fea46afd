using System.Diagnostics.Metrics;

namespace Msgc.Reactive.Diagnostics;

/// <summary>
/// A server's instruments. All but those of slow consumers are read from figures kept anyway, when somebody collects: they cost nothing
/// while nobody does.
/// </summary>
internal sealed class ServerMeter : IDisposable
{
    private readonly Meter _meter = new(MeterName.Value);
    private readonly KeyValuePair<string, object?>[] _server;
    private readonly Counter<long> _slow;
    private readonly Histogram<double> _held;
    private readonly Histogram<int> _queued;

    /// <param name="name">The server's.</param>
    /// <param name="incarnation">Tells servers of one name apart.</param>
    /// <param name="figures">Of now.</param>
    /// <param name="counts">Since its start.</param>
    public ServerMeter(string name, MsgcClientId incarnation, Func<ServerFigures> figures, ServerCounts counts)
    {
        _server = [new("msgc.server.name", name), new("msgc.server.incarnation", incarnation.ToString())];
        _meter.CreateObservableUpDownCounter(
            "msgc.server.connections", () => Connections(figures()), "{connection}", "Live connections, by kind: client or link.");
        Count("msgc.server.connections.accepted", () => counts.Accepted, "{connection}", "Connections accepted.");
        Count("msgc.server.connections.refused", () => counts.Refused, "{connection}", "Handshakes refused.");
        _meter.CreateObservableCounter("msgc.server.connections.ended", () => Ends(counts), "{connection}", "Connections that ended, by cause.");
        Count("msgc.server.messages.received", () => figures().Traffic.MessagesIn, "{message}", "Messages handled.");
        Count("msgc.server.messages.sent", () => figures().Traffic.MessagesOut, "{message}", "Messages handed to connections.");
        Count("msgc.server.bytes.received", () => figures().Traffic.BytesIn, "By", "Bytes received.");
        Count("msgc.server.bytes.sent", () => figures().Traffic.BytesOut, "By", "Bytes handed to connections.");
        Count("msgc.server.stalls", () => figures().Traffic.Stalls, "{stall}", "Times a queue held up the connections that feed it.");
        Count("msgc.server.joins", () => counts.Joins, "{join}", "Joins of clients.");
        Count("msgc.server.leaves", () => counts.Leaves, "{leave}", "Leaves of clients.");
        Count("msgc.server.views", () => counts.Views, "{view}", "View frames sent to clients.");
        Count("msgc.server.gaps", () => counts.Gaps, "{gap}", "Gaps told to clients, of links lost and new.");
        Level("msgc.server.queue.messages", () => figures().QueuedMessages, "{message}", "Messages queued for all connections.");
        Level("msgc.server.queue.bytes", () => figures().QueuedBytes, "By", "Bytes queued for all connections.");
        Level("msgc.server.queue.age", () => figures().OldestAge.TotalSeconds, "s", "How long the message that has waited longest has done so, to the interval between collections.");
        _slow = _meter.CreateCounter<long>("msgc.server.slow_consumers", "{event}", "Consumers found slow (publishers were held up for the stall timeout) or stuck (killed).");
        _held = _meter.CreateHistogram<double>("msgc.server.slow_consumers.held", "s", "How long slow consumers had held publishers up.");
        _queued = _meter.CreateHistogram<int>("msgc.server.slow_consumers.queued", "{message}", "How much was queued for slow consumers.");
    }

    /// <summary>A connection has held its publishers up for the stall timeout.</summary>
    public void Slow(string name, bool isLink, string address, string group, int queued, TimeSpan held) => Record("slow", name, isLink, address, group, queued, held);

    /// <summary>A connection is killed for want of room.</summary>
    public void Stuck(string name, bool isLink, string address, string group, int queued, TimeSpan held) => Record("stuck", name, isLink, address, group, queued, held);

    public void Dispose() => _meter.Dispose();

    private void Record(string outcome, string name, bool isLink, string address, string group, int queued, TimeSpan held)
    {
        var tags = new System.Diagnostics.TagList(_server)
        {
            { "msgc.outcome", outcome },
            { "msgc.connection.kind", isLink ? "link" : "client" },
            { "msgc.connection.name", name },
            { "network.peer.address", address },
            { "messaging.destination.name", group },
        };
        _slow.Add(1, tags);
        _held.Record(held.TotalSeconds, tags);
        _queued.Record(queued, tags);
    }

    private void Count(string name, Func<long> read, string unit, string description) =>
        _meter.CreateObservableCounter(name, () => new Measurement<long>(read(), _server), unit, description);

    private void Level<T>(string name, Func<T> read, string unit, string description)
        where T : struct =>
        _meter.CreateObservableGauge(name, () => new Measurement<T>(read(), _server), unit, description);

    private IEnumerable<Measurement<int>> Connections(ServerFigures figures) =>
    [
        new(figures.Clients, [.. _server, new("msgc.connection.kind", "client")]),
        new(figures.Links, [.. _server, new("msgc.connection.kind", "link")]),
    ];

    private IEnumerable<Measurement<long>> Ends(ServerCounts counts) =>
        Enum.GetValues<MsgcCause>().Select(cause => new Measurement<long>(counts.Ends(cause), [.. _server, new("msgc.cause", cause.ToString())]));
}
