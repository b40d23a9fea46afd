using System.Buffers;
using System.Text.Json;
using Msgc.Reactive;

namespace Msgc.Tool;

/// <summary>Prints the links of the server that the client is connected to, and then, when wanted, each that changes.</summary>
internal sealed class PeersPrinter(LineOutput output, bool isJson, bool follow) : IObserver<MsgcMessage>
{
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Utf8JsonWriter _json = new(Stream.Null, LineFormat.Relaxed);
    private readonly Columns _columns = new();
    private readonly Dictionary<string, PeersReport> _reports = new(StringComparer.Ordinal);
    private PeersReport? _printed;
    private string? _server;

    /// <summary>Completes when the first report of the server is printed; faults with what ends the group.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Completes when all that is wanted is printed; faults with what ends the group.</summary>
    public Task Finished => _finished.Task;

    /// <summary>The client is connected to that server; called as observers are, one at a time with them.</summary>
    public void Connected(string server)
    {
        _server = server;
        Print();
    }

    public void OnNext(MsgcMessage value)
    {
        // All servers of the mesh publish there.
        if (PeersReport.Read(value.Payload) is not { } report) return;
        _reports[report.Server] = report;
        if (report.Server == _server) Print();
    }

    public void OnError(Exception error)
    {
        _begun.TrySetException(error);
        _finished.TrySetException(error);
    }

    public void OnCompleted() => _finished.TrySetResult();

    private void Print()
    {
        if (_finished.Task.IsCompleted || _server is null || _reports.GetValueOrDefault(_server) is not { } report) return;
        var isFirst = _printed?.Server != report.Server;
        var before = isFirst ? [] : _printed!.Peers;
        _printed = report;
        if (isFirst) Hint(report);
        var gone = before.Where(peer => report.Peers.All(other => other.Name != peer.Name)).Select(peer => peer with { State = "Removed", Cause = null, Reason = null });
        Write(report.Server, [.. report.Peers.Except(before), .. gone]);
        if (!follow) output.Flush();
        _begun.TrySetResult();
        if (!follow) _finished.TrySetResult();
    }

    private static void Hint(PeersReport report)
    {
        var missing = report.Peers.Where(peer => !peer.IsLinked).Select(peer => peer.Name).ToArray();
        if (report.Peers.Length == 0) Notice.Say("no peers");
        else if (missing.Length > 0) Notice.Say($"{report.Server} is not linked to {string.Join(", ", missing)}");
        if (report.Omitted > 0) Notice.Say($"{report.Omitted} more are not shown: {report.Server}'s report has no room for them");
    }

    private void Write(string server, PeersReport.Peer[] peers)
    {
        var rows = peers.Select(Row).ToArray();
        _columns.Fit(rows);
        for (var i = 0; i < peers.Length; i++)
        {
            if (isJson) output.Write((server, peers[i]), Json);
            else output.Write(rows[i], _columns.Write);
        }
    }

    private static string[] Row(PeersReport.Peer peer)
    {
        var reason = peer.Reason is null ? "" : ": " + Failure.WithoutEndpoint(peer.Endpoint, peer.Reason);
        return [peer.Name, peer.Endpoint, peer.State, peer.Cause + reason];
    }

    private void Json((string Server, PeersReport.Peer Peer) link, ArrayBufferWriter<byte> line)
    {
        var peer = link.Peer;
        _json.Reset(line);
        _json.WriteStartObject();
        _json.WriteString("server"u8, link.Server);
        _json.WriteString("name"u8, peer.Name);
        _json.WriteString("endpoint"u8, peer.Endpoint);
        _json.WriteString("state"u8, peer.State);
        if (peer.Cause is { } cause) _json.WriteString("cause"u8, cause);
        if (peer.Reason is { } reason) _json.WriteString("reason"u8, reason);
        _json.WriteEndObject();
        _json.Flush();
    }
}
