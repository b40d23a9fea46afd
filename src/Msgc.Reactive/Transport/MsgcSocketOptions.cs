namespace Msgc.Reactive.Transport;

/// <summary>What a transport may be told about one dial or one listener.</summary>
public sealed record MsgcSocketOptions
{
    /// <summary>Socket send and receive buffers, bytes; default 131072. (<c>tcpbuf_size</c>)</summary>
    public int TcpBufferSize { get; init; } = 131072;

    /// <summary>Local address of an outbound connection; default none. (<c>bind_address</c>)</summary>
    public string? BindAddress { get; init; }

    /// <summary>Connections that a listener's system keeps until they are accepted; default 512. (<c>accept_queue_backlog</c>)</summary>
    public int AcceptQueueBacklog { get; init; } = 512;

    /// <summary>The mode of a listening unix socket's file; default none: as the process's umask has it. (<c>file_mode</c>)</summary>
    public UnixFileMode? FileMode { get; init; }

    /// <summary>Where a connection finds a thread of its own to receive on; none: it receives on the pool's.</summary>
    internal ReceiveThreads? Threads { get; init; }
}
