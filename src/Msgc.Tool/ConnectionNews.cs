using Msgc.Reactive;

namespace Msgc.Tool;

/// <summary>Says on standard error what becomes of the connection, and knows whether any server could be reached at the start.</summary>
/// <param name="servers">Its list.</param>
/// <param name="who">The client, when there are several.</param>
internal sealed class ConnectionNews(IReadOnlyList<string> servers, string? who = null) : IObserver<MsgcConnectionState>
{
    private readonly MsgcEndpoint[] _servers = [.. servers.Select(server => MsgcEndpoint.Parse(server))];
    private readonly Dictionary<MsgcEndpoint, string> _failed = [];
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isFirst = true;
    private bool _isConnected;

    /// <summary>Completes with the first connection; fails when every server of the list has failed once, or one refuses for good.</summary>
    public Task Reached => _reached.Task;

    public void OnNext(MsgcConnectionState value)
    {
        switch (value.Phase)
        {
            case MsgcConnectionPhase.Connected:
                // Without a loss between them the server before has stopped, and nothing is missing.
                if (!_reached.TrySetResult()) Say(_isConnected ? $"moved to {value.ServerName}" : $"reconnected to {value.ServerName}");
                break;
            case MsgcConnectionPhase.Lost:
                var lost = value.LostMessages > 0 ? $"; up to {value.LostMessages} published messages may be lost" : "";
                Say($"lost {value.ServerName}: {value.Cause}: {value.Reason?.TrimEnd('.')}{lost}");
                break;
            case MsgcConnectionPhase.Connecting when value is { Endpoint: { } endpoint, Reason: { } reason }:
                NotReached(endpoint, reason);
                break;
        }
        _isFirst = false;
        _isConnected = value.Phase == MsgcConnectionPhase.Connected;
    }

    public void OnError(Exception error) => _reached.TrySetException(error);

    public void OnCompleted() => _reached.TrySetCanceled();

    private void Say(string line) => Notice.Say(who is null ? line : $"{who}: {line}");

    private void NotReached(MsgcEndpoint endpoint, string reason)
    {
        // Attempts go in order and start before anybody can observe them: what comes first may stand for those before it as well.
        foreach (var earlier in _isFirst ? _servers.TakeWhile(server => server != endpoint) : []) _failed.TryAdd(earlier, "failed too");
        _failed[endpoint] = Failure.WithoutEndpoint(endpoint.ToString(), reason);
        if (_failed.Count < _servers.Length) return;
        _reached.TrySetException(new Failure("cannot connect to " + string.Join("; ", _servers.Select(server => $"{server}: {_failed[server]}"))));
    }
}
