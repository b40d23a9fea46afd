namespace Msgc.Reactive;

/// <summary>What a client's connection is doing.</summary>
public enum MsgcConnectionPhase
{
    /// <summary>No server has been reached yet, or the last attempt failed; attempts go on.</summary>
    Connecting,

    /// <summary>Connected.</summary>
    Connected,

    /// <summary>The connection was lost; attempts go on.</summary>
    Lost,

    /// <summary>The client is disposed, or refused for good; nothing goes on.</summary>
    Closed,
}

/// <summary>The state of a client's connection.</summary>
/// <param name="Phase">What it is doing.</param>
/// <param name="Endpoint">The server's endpoint: the connected one, or the one lost or failed last.</param>
/// <param name="ServerName">The server's name, once known.</param>
/// <param name="Cause">Why the connection or attempt ended; null while there is nothing to explain.</param>
/// <param name="Reason">The cause in words.</param>
/// <param name="LostMessages">Messages handed to the lost connection that the server had not acknowledged: an upper bound of those lost. (contract, "§4")</param>
public sealed record MsgcConnectionState(
    MsgcConnectionPhase Phase, MsgcEndpoint? Endpoint = null, string? ServerName = null, MsgcCause? Cause = null, string? Reason = null, long LostMessages = 0);
