namespace Msgc.Reactive.Simulation.Scenarios;

/// <summary>The options that differ between scenarios, and the latencies.</summary>
internal sealed record Rules
{
    public TimeSpan IdleTimeout { get; init; }

    public TimeSpan KeepAliveInterval { get; init; }

    public TimeSpan ReconnectInterval { get; init; }

    public TimeSpan StallTimeout { get; init; }

    public TimeSpan DrainTimeout { get; init; }

    public int MaxBacklog { get; init; }

    public int MessagesPerIteration { get; init; }

    public int TcpBufferSize { get; init; }

    public TimeSpan Latency { get; init; }

    public TimeSpan Jitter { get; init; }

    public Chunking Chunking { get; init; }

    /// <summary>After the last fault everything works again within this: silence is noticed, a pause before the next dial, and one beside one that hangs.</summary>
    public TimeSpan RecoveryBound => IdleTimeout + (3 * ReconnectInterval) + TimeSpan.FromSeconds(3);

    public MsgcServerOptions For(MsgcServerOptions options) => options with
    {
        IdleTimeout = IdleTimeout, KeepAliveInterval = KeepAliveInterval, ReconnectInterval = ReconnectInterval, StallTimeout = StallTimeout,
        DrainTimeout = DrainTimeout, MaxBacklog = MaxBacklog, MessagesPerIteration = MessagesPerIteration,
        TcpBufferSize = TcpBufferSize,
    };

    public MsgcClientOptions For(MsgcClientOptions options) => options with
    {
        IdleTimeout = IdleTimeout, KeepAliveInterval = KeepAliveInterval, ReconnectInterval = ReconnectInterval, StallTimeout = StallTimeout,
        DrainTimeout = DrainTimeout, MaxBacklog = MaxBacklog, MessagesPerIteration = MessagesPerIteration,
        TcpBufferSize = TcpBufferSize,
    };
}
