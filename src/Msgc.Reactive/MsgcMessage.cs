namespace Msgc.Reactive;

/// <summary>A message as a member receives it. The payload's memory is never reused, so operators may keep it as long as they like.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Sender">Who published it.</param>
/// <param name="Number">Counts the sender's messages to this group, from 1, for the life of its client. (contract, "§4")</param>
/// <param name="Payload">What was published.</param>
public readonly record struct MsgcMessage(string Group, MsgcClientId Sender, long Number, ReadOnlyMemory<byte> Payload);
