namespace Msgc.Reactive;

/// <summary>Where in a group's events messages may be missing. (contract, "§4")</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Cause">How the loss shows.</param>
/// <param name="Count">An upper bound of the messages missing, or null where the numbers cannot show it.</param>
/// <param name="Sender">Whose messages are missing, or null when anybody's may be.</param>
/// <param name="Server">The server whose connection or link was lost, or null.</param>
public sealed record MsgcGap(string Group, MsgcGapCause Cause, long? Count, MsgcClientId? Sender, string? Server);

/// <summary>How a loss shows.</summary>
public enum MsgcGapCause
{
    /// <summary>A sender's numbers skipped; the gap has a count and the sender.</summary>
    Skip,

    /// <summary>The connection to the server was lost while a join stood.</summary>
    ConnectionLost,

    /// <summary>A link between servers was lost, or came up again; or it is away, which is all that a join's gap, without a server, tells.</summary>
    LinkLost,

    /// <summary>A bounded observation overflowed and dropped; the gap has a count, unless what was dropped held a gap without one.</summary>
    Overflow,
}
