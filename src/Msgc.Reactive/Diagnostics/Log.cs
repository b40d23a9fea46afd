using Microsoft.Extensions.Logging;

namespace Msgc.Reactive.Diagnostics;

/// <summary>All log messages, each with an id of its own. Payloads are never logged.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Server} listens on {Endpoint}")]
    public static partial void Listening(ILogger logger, string server, MsgcEndpoint endpoint);

    [LoggerMessage(2, LogLevel.Information, "{Server} stops")]
    public static partial void Stopping(ILogger logger, string server);

    [LoggerMessage(3, LogLevel.Information, "Client {Name} ({Id}) connected from {Address}")]
    public static partial void ClientConnected(ILogger logger, string name, MsgcClientId id, string address);

    [LoggerMessage(4, LogLevel.Information, "Client {Name} ({Id}) at {Address} is gone, {Cause}: {Reason}")]
    public static partial void ClientGone(ILogger logger, string name, MsgcClientId id, string address, MsgcCause cause, string reason);

    [LoggerMessage(5, LogLevel.Warning, "Connection from {Address} ended before its handshake, {Cause}: {Reason}")]
    public static partial void HandshakeFailed(ILogger logger, string address, MsgcCause cause, string reason);

    [LoggerMessage(6, LogLevel.Warning, "Connection from {Address} is refused: {Reason}")]
    public static partial void ClientRefused(ILogger logger, string address, string reason);

    [LoggerMessage(7, LogLevel.Error, "Connection from {Address} broke the protocol: {Reason}")]
    public static partial void ProtocolError(ILogger logger, string address, string reason);

    [LoggerMessage(8, LogLevel.Warning, "Slow client {Name} ({Id}) at {Address} has held its publishers to group {Group} up for {Seconds:0.0} s: {Messages} messages, {Bytes} bytes queued")]
    public static partial void ClientSlow(ILogger logger, string name, MsgcClientId id, string address, string group, double seconds, int messages, long bytes);

    [LoggerMessage(9, LogLevel.Error, "Stuck client {Name} ({Id}) at {Address} is killed, no room for group {Group} after {Seconds:0.0} s: {Messages} messages, {Bytes} bytes queued")]
    public static partial void ClientStuck(ILogger logger, string name, MsgcClientId id, string address, string group, double seconds, int messages, long bytes);

    [LoggerMessage(10, LogLevel.Information, "{Server} is linked to {Peer} at {Address}")]
    public static partial void Linked(ILogger logger, string server, string peer, string address);

    [LoggerMessage(11, LogLevel.Warning, "{Server} lost its link to {Peer} at {Address}, {Cause}: {Reason}")]
    public static partial void LinkLost(ILogger logger, string server, string peer, string address, MsgcCause cause, string reason);

    [LoggerMessage(12, LogLevel.Information, "{Server} is not linked to {Peer} at {Endpoint}, {Cause}: {Reason}")]
    public static partial void NotLinked(ILogger logger, string server, string peer, MsgcEndpoint endpoint, MsgcCause cause, string reason);

    [LoggerMessage(13, LogLevel.Error, "{Server} is refused by {Peer} at {Endpoint}: {Reason}")]
    public static partial void LinkRefused(ILogger logger, string server, string peer, MsgcEndpoint endpoint, string reason);

    [LoggerMessage(14, LogLevel.Information, "{Server} skips the entry {Peer} of its peers: {Endpoint} is this server itself")]
    public static partial void PeerIsSelf(ILogger logger, string server, string peer, MsgcEndpoint endpoint);

    [LoggerMessage(15, LogLevel.Warning, "The link to {Peer} at {Address} is slow, it has held its publishers to group {Group} up for {Seconds:0.0} s: {Messages} messages, {Bytes} bytes queued")]
    public static partial void LinkSlow(ILogger logger, string peer, string address, string group, double seconds, int messages, long bytes);

    [LoggerMessage(16, LogLevel.Error, "The link to {Peer} at {Address} is stuck and killed, no room for group {Group} after {Seconds:0.0} s: {Messages} messages, {Bytes} bytes queued")]
    public static partial void LinkStuck(ILogger logger, string peer, string address, string group, double seconds, int messages, long bytes);

    [LoggerMessage(17, LogLevel.Debug, "Connection from {Address} is not the link of the two servers, {Cause}: {Reason}")]
    public static partial void LinkNotTaken(ILogger logger, string address, MsgcCause cause, string reason);

    [LoggerMessage(20, LogLevel.Information, "{Client} is connected to {Server} at {Endpoint}")]
    public static partial void Connected(ILogger logger, string client, string server, MsgcEndpoint endpoint);

    [LoggerMessage(21, LogLevel.Warning, "{Client} lost {Server} at {Endpoint}, {Cause}: {Reason}")]
    public static partial void Lost(ILogger logger, string client, string server, MsgcEndpoint endpoint, MsgcCause cause, string reason);

    [LoggerMessage(22, LogLevel.Information, "{Client} did not reach {Endpoint}, {Cause}: {Reason}")]
    public static partial void NotReached(ILogger logger, string client, MsgcEndpoint endpoint, MsgcCause cause, string reason);

    [LoggerMessage(23, LogLevel.Error, "{Client} gives up: {Reason}")]
    public static partial void GivesUp(ILogger logger, string client, string reason);

    [LoggerMessage(25, LogLevel.Information, "{Client} moves to {Server} at {Endpoint}")]
    public static partial void Moving(ILogger logger, string client, string server, MsgcEndpoint endpoint);

    [LoggerMessage(26, LogLevel.Information, "{Client} is done with {Server} at {Endpoint}, {Cause}: {Reason}")]
    public static partial void Left(ILogger logger, string client, string server, MsgcEndpoint endpoint, MsgcCause cause, string reason);

    [LoggerMessage(24, LogLevel.Error, "An observer of {Client} threw and is unsubscribed")]
    public static partial void ObserverFailed(ILogger logger, string client, Exception error);
}
