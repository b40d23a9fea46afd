namespace Msgc.Reactive.Hosting.Settings;

/// <summary>The options that servers and clients have in common.</summary>
internal static class CommonSettings
{
    /// <summary>An option in files only: elsewhere logging has a section of its own.</summary>
    public const string DebugLevel = "debug_level";

    public static IEnumerable<Setting<T>> Of<T>()
        where T : MsgcOptions =>
    [
        Time<T>("connect_timeout", nameof(MsgcOptions.ConnectTimeout), o => o.ConnectTimeout, (o, v) => o with { ConnectTimeout = v }),
        Time<T>("keepalive_interval", nameof(MsgcOptions.KeepAliveInterval), o => o.KeepAliveInterval, (o, v) => o with { KeepAliveInterval = v }),
        Make<T, TimeSpan>(
            "idle_timeout", nameof(MsgcOptions.IdleTimeout), Formats.SecondsOrNever, Formats.DurationOrNever, o => o.IdleTimeout, (o, v) => o with { IdleTimeout = v }),
        Time<T>("reconnect_interval", nameof(MsgcOptions.ReconnectInterval), o => o.ReconnectInterval, (o, v) => o with { ReconnectInterval = v }),
        Count<T>("max_backlog", nameof(MsgcOptions.MaxBacklog), o => o.MaxBacklog, (o, v) => o with { MaxBacklog = v }),
        Make<T, long>(
            "max_backlog_bytes", nameof(MsgcOptions.MaxBacklogBytes), Formats.Bytes, Formats.Bytes, o => o.MaxBacklogBytes, (o, v) => o with { MaxBacklogBytes = v }),
        Count<T>("messages_per_iter", nameof(MsgcOptions.MessagesPerIteration), o => o.MessagesPerIteration, (o, v) => o with { MessagesPerIteration = v }),
        Count<T>("tcpbuf_size", nameof(MsgcOptions.TcpBufferSize), o => o.TcpBufferSize, (o, v) => o with { TcpBufferSize = v }),
        Time<T>("stall_timeout", nameof(MsgcOptions.StallTimeout), o => o.StallTimeout, (o, v) => o with { StallTimeout = v }),
        Time<T>("drain_timeout", nameof(MsgcOptions.DrainTimeout), o => o.DrainTimeout, (o, v) => o with { DrainTimeout = v }),
        Count<T>("max_frame_bytes", nameof(MsgcOptions.MaxFrameBytes), o => o.MaxFrameBytes, (o, v) => o with { MaxFrameBytes = v }),
    ];

    private static Scalar<T, TimeSpan> Time<T>(string name, string property, Func<MsgcOptions, TimeSpan> get, Func<MsgcOptions, TimeSpan, MsgcOptions> set)
        where T : MsgcOptions => Make<T, TimeSpan>(name, property, Formats.Seconds, Formats.Duration, get, set);

    private static Scalar<T, int> Count<T>(string name, string property, Func<MsgcOptions, int> get, Func<MsgcOptions, int, MsgcOptions> set)
        where T : MsgcOptions => Make<T, int>(name, property, Formats.Whole, Formats.Whole, get, set);

    // What is made by `with` has the type of what it is made from.
    private static Scalar<T, TValue> Make<T, TValue>(
        string name, string property, Format<TValue> conf, Format<TValue> key, Func<MsgcOptions, TValue> get, Func<MsgcOptions, TValue, MsgcOptions> set)
        where T : MsgcOptions => new(name, property, conf, key, options => (true, get(options)), (options, value) => (T)set(options, value));
}
