namespace Msgc.Reactive.Simulation.Actors;

/// <summary>What an ear has heard: a message of a sender, or a gap.</summary>
internal readonly record struct Heard(long At, MsgcClientId? Sender, long Number, MsgcGap? Gap);
