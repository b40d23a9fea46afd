namespace Msgc.Reactive.Transport;

/// <summary>A bound endpoint. Disposal stops accepting; accepted connections live on.</summary>
public interface IMsgcListener : IDisposable
{
    /// <summary>The endpoint as bound: port 0 has become a real one.</summary>
    MsgcEndpoint Endpoint { get; }

    /// <summary>What it was bound with; a change is for connections accepted from then on, and for the listener itself at once. From any thread.</summary>
    /// <exception cref="MsgcConnectionException">The listener cannot be changed so; it stays as it was.</exception>
    MsgcSocketOptions Options { get; set; }

    /// <summary>Begins to accept; called once. Each accepted connection is handed over not started, one call at a time.</summary>
    void Start(Action<IMsgcConnection> accepted);
}
