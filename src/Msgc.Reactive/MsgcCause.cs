namespace Msgc.Reactive;

/// <summary>Why a connection ended. A connection's end has exactly one cause, the first. (contract, "§2")</summary>
public enum MsgcCause
{
    /// <summary>One side closed it in good order.</summary>
    Closed,

    /// <summary>No byte was received for the idle timeout.</summary>
    Idle,

    /// <summary>More was queued for it than its backlog limits allow: it was stuck.</summary>
    Backlog,

    /// <summary>Connect, TLS and handshake together took longer than the connect timeout.</summary>
    ConnectTimeout,

    /// <summary>The far end sent what the protocol does not allow.</summary>
    Protocol,

    /// <summary>The far end refused the handshake, or we refused its.</summary>
    Refused,

    /// <summary>The network or the operating system failed it.</summary>
    Transport,

    /// <summary>The server is stopping gracefully.</summary>
    Draining,
}
