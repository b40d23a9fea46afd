namespace Msgc.Reactive;

/// <summary>What a server's link to one peer is doing.</summary>
/// <param name="Name">The peer's name, as the server's options have it.</param>
/// <param name="Endpoint">Where it is dialled.</param>
/// <param name="Phase">What the link is doing.</param>
/// <param name="Cause">Why the last link or attempt ended; null while there is nothing to explain.</param>
/// <param name="Reason">The cause in words.</param>
public sealed record MsgcPeerState(string Name, MsgcEndpoint Endpoint, MsgcPeerPhase Phase, MsgcCause? Cause = null, string? Reason = null);
