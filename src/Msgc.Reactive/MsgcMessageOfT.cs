namespace Msgc.Reactive;

/// <summary>A message whose payload has been read.</summary>
/// <typeparam name="T">What the payload means.</typeparam>
/// <param name="Group">The group's name.</param>
/// <param name="Sender">Who published it.</param>
/// <param name="Number">Counts the sender's messages to this group, from 1.</param>
/// <param name="Value">What was published.</param>
public readonly record struct MsgcMessage<T>(string Group, MsgcClientId Sender, long Number, T Value);
