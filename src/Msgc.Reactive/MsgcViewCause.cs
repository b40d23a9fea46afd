namespace Msgc.Reactive;

/// <summary>Why a group's view changed. (contract, "§6")</summary>
public enum MsgcViewCause
{
    /// <summary>It did not: this is the view as it stands, on subscribing or after a reconnect.</summary>
    Current,

    /// <summary>A client joined.</summary>
    Join,

    /// <summary>A client left.</summary>
    Leave,

    /// <summary>A client's connection was lost.</summary>
    Disconnect,

    /// <summary>A link between servers was lost, and with it the members behind it.</summary>
    Partition,

    /// <summary>A link between servers came up, and with it the members behind it.</summary>
    Merge,

    /// <summary>A server is stopping.</summary>
    Shutdown,
}
