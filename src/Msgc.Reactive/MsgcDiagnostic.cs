namespace Msgc.Reactive;

/// <summary>What a diagnostic is about.</summary>
public enum MsgcDiagnosticKind
{
    /// <summary>An observer threw; it was unsubscribed, the others go on.</summary>
    ObserverFailed,

    /// <summary><c>OnNext</c> on a group found the queue full and dropped messages.</summary>
    PublishDropped,

    /// <summary>A bounded observation was full and dropped messages.</summary>
    ObservationDropped,

    /// <summary>Queued messages were larger than the new server allows and were dropped.</summary>
    TooLargeDropped,

    /// <summary>A payload could not be deserialized; its sequence goes on.</summary>
    DeserializationFailed,

    /// <summary>Handed to a connection that was lost, and not acknowledged.</summary>
    PublishLost,
}

/// <summary>Something that went wrong without ending a sequence.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Group">The group concerned, if one is.</param>
/// <param name="Count">How many messages it concerns; 0 where that says nothing.</param>
/// <param name="Error">The exception, if one is behind it.</param>
public sealed record MsgcDiagnostic(MsgcDiagnosticKind Kind, string? Group, long Count, Exception? Error);
