namespace Msgc.Reactive.Sessions;

/// <summary>The options that a session goes by; read at each use, since they may change while it lives. (contract, "§2")</summary>
/// <param name="IdleTimeout">How long nothing may be received.</param>
/// <param name="KeepAlive">The own keepalive interval, before the far end has its say.</param>
/// <param name="MessagesPerTurn">Messages sent, or received, before the others get their turn.</param>
internal sealed record SessionRules(Func<TimeSpan> IdleTimeout, Func<TimeSpan> KeepAlive, Func<int> MessagesPerTurn);
