namespace Msgc.Reactive;

/// <summary>A client that has joined a group. Ordered by id.</summary>
/// <param name="Id">The client's id.</param>
/// <param name="ClientName">The client's name.</param>
/// <param name="ServerName">The server that the client is connected to.</param>
public sealed record MsgcMember(MsgcClientId Id, string ClientName, string ServerName);
