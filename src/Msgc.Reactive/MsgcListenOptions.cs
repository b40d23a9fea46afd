namespace Msgc.Reactive;

/// <summary>One endpoint that a server listens on, and how. A plain text is one, with all defaults. (<c>Listen</c>)</summary>
/// <param name="Endpoint">Where to listen, see <see cref="MsgcEndpoint"/>. Port 0 takes any free one.</param>
public sealed record MsgcListenOptions(string Endpoint)
{
    /// <summary>Connections that the system keeps until they are accepted, at least 1; default 512. A change applies at once. (<c>accept_queue_backlog</c>)</summary>
    public int AcceptQueueBacklog { get; init; } = 512;

    /// <summary>
    /// Who may connect, for the file of a unix socket (writing is connecting); in force before the first connection. A change applies at once.
    /// Default: what the process's umask leaves. Without effect on TCP and on Windows. (<c>file_mode</c>)
    /// </summary>
    public UnixFileMode? FileMode { get; init; }

    /// <summary>The endpoint with all defaults.</summary>
    public static implicit operator MsgcListenOptions(string endpoint) => new(endpoint);
}
