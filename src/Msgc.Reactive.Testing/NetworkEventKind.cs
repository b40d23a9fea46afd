namespace Msgc.Reactive.Testing;

/// <summary>What a <see cref="NetworkEvent"/> tells.</summary>
public enum NetworkEventKind
{
    /// <summary>A dial succeeded.</summary>
    Connected,

    /// <summary>A dial was refused.</summary>
    Refused,

    /// <summary>Bytes left a send buffer and are under way.</summary>
    Sent,

    /// <summary>Bytes were handed to the receiving handler.</summary>
    Received,

    /// <summary>One side of a connection ended.</summary>
    Ended,
}
