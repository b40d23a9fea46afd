using Msgc.Reactive.Operators;

namespace Msgc.Reactive.Sessions;

/// <summary>The rules of one session that may change while it lives. (contract, "§2")</summary>
internal sealed class SessionTimes(Setting<TimeSpan> idleTimeout, Func<TimeSpan> keepAlive, Func<int> messagesPerTurn)
{
    /// <summary>How long nothing may be received.</summary>
    public Setting<TimeSpan> IdleTimeout => idleTimeout;

    /// <summary>The own keepalive interval, before the far end has its say.</summary>
    public TimeSpan KeepAlive => keepAlive();

    /// <summary>Messages per turn.</summary>
    public Func<int> MessagesPerTurn => messagesPerTurn;
}
