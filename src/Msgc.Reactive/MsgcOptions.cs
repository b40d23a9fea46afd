using System.Reactive.Concurrency;
using Microsoft.Extensions.Logging;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive;

/// <summary>What servers and clients have in common; the rules and defaults of contract, "§2". Names of the configuration files in brackets.</summary>
public abstract record MsgcOptions
{
    private protected MsgcOptions()
    {
    }

    /// <summary>Connect, TLS and handshake together; default 60 s. (<c>connect_timeout</c>)</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A no-op goes out when nothing else was sent for this long; default 5 s. In force is the smaller of this and a third of the far end's <see cref="IdleTimeout"/>. (<c>keepalive_interval</c>)</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Nothing received for this long ends a connection; default 30 s; <see cref="Timeout.InfiniteTimeSpan"/> for never. (<c>idle_timeout</c>)</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause before the same server is tried again; default 5 s. (<c>reconnect_interval</c>)</summary>
    public TimeSpan ReconnectInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Messages queued for a connection, at least 8; default 5000. (<c>max_backlog</c>)</summary>
    public int MaxBacklog { get; init; } = 5000;

    /// <summary>Bytes queued for a connection; default 16 MiB, at least 8 × <see cref="MaxFrameBytes"/>.</summary>
    public long MaxBacklogBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// Messages sent to a connection before the others that wait get their turn, and what shares a frame with the last of them; default 20.
    /// (<c>messages_per_iter</c>)
    /// </summary>
    public int MessagesPerIteration { get; init; } = 20;

    /// <summary>Socket send and receive buffers, bytes, for new connections; default 131072. (<c>tcpbuf_size</c>)</summary>
    public int TcpBufferSize { get; init; } = 131072;

    /// <summary>
    /// On a server, how long a queue may hold up the connections that feed it; on a client, how long an observer may pause reading before
    /// waits that depend on it fail. Default 1 s. (contract, "§5")
    /// </summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a graceful stop may take; default 10 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest frame, bytes: a message, its group's name and 24 bytes; default 1 MiB. A server's value binds its clients. Fixed for life.</summary>
    public int MaxFrameBytes { get; init; } = 1024 * 1024;

    /// <summary>The clock, and where all work runs when given; default none: real time, the thread pool, and on Linux a thread each for what a few clients receive. It must not run work inline. Fixed for life.</summary>
    public IScheduler? Scheduler { get; init; }

    /// <summary>Makes the connections; default sockets. Fixed for life.</summary>
    public IMsgcTransport? Transport { get; init; }

    /// <summary>Where ids, nonces and jitter come from; default the system, and for nonces its cryptographic source. Give a seeded one to repeat a run. Fixed for life.</summary>
    public Func<ulong>? Entropy { get; init; }

    /// <summary>Where logs go; default nowhere. Fixed for life.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Checks all options, as whoever takes them does.</summary>
    /// <exception cref="ArgumentException">The first that is wrong: its <see cref="ArgumentException.ParamName"/> is the option's, its message says what would be right.</exception>
    public abstract void Validate();

    /// <summary>Checks what the options have in common.</summary>
    /// <exception cref="ArgumentException">Names the option, its value, and what would be right.</exception>
    private protected void ValidateCommon()
    {
        Positive(ConnectTimeout, nameof(ConnectTimeout));
        Positive(KeepAliveInterval, nameof(KeepAliveInterval));
        if (IdleTimeout != Timeout.InfiniteTimeSpan) Positive(IdleTimeout, nameof(IdleTimeout));
        Positive(ReconnectInterval, nameof(ReconnectInterval));
        Positive(StallTimeout, nameof(StallTimeout));
        Positive(DrainTimeout, nameof(DrainTimeout));
        InRange(MaxBacklog, 8, Sessions.Load.MaxMessages, nameof(MaxBacklog));
        InRange(MaxFrameBytes, 1024, 1 << 30, nameof(MaxFrameBytes));
        InRange(MaxBacklogBytes, 8L * MaxFrameBytes, Sessions.Load.MaxBytes, nameof(MaxBacklogBytes));
        InRange(MessagesPerIteration, 1, 1_000_000, nameof(MessagesPerIteration));
        InRange(TcpBufferSize, 1024, 1 << 30, nameof(TcpBufferSize));
    }

    /// <summary>Checks that what is fixed for life stays as it was.</summary>
    /// <exception cref="ArgumentException">Names the option.</exception>
    private protected void FixedCommon(MsgcOptions before)
    {
        Fixed(Scheduler, before.Scheduler, nameof(Scheduler));
        Fixed(Transport, before.Transport, nameof(Transport));
        Fixed(Entropy, before.Entropy, nameof(Entropy));
        Fixed(LoggerFactory, before.LoggerFactory, nameof(LoggerFactory));
        Fixed(MaxFrameBytes, before.MaxFrameBytes, nameof(MaxFrameBytes));
    }

    private protected static void Fixed<T>(T now, T before, string name)
    {
        if (!EqualityComparer<T>.Default.Equals(now, before)) throw new ArgumentException($"{name} is fixed for life; it was '{before}' and cannot become '{now}'.", name);
    }

    private protected static void Positive(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(24))
            throw new ArgumentException($"{name} is {value}; it must be above 0 and at most 24 days.", name);
    }

    private static void InRange(long value, long lowest, long highest, string name)
    {
        if (value < lowest || value > highest) throw new ArgumentException($"{name} is {value}; it must be from {lowest} to {highest}.", name);
    }
}
