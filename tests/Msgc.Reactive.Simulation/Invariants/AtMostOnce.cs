using Msgc.Reactive.Simulation.Actors;

namespace Msgc.Reactive.Simulation.Invariants;

/// <summary>No message comes twice.</summary>
internal sealed class AtMostOnce() : Invariant("§4 at most once")
{
    private readonly Dictionary<(Ear, MsgcClientId), HashSet<long>> _seen = [];

    public override void Heard(Run run, Ear ear, MsgcGroupEvent e)
    {
        if (e.Message is not { } message) return;
        if (!_seen.TryGetValue((ear, message.Sender), out var seen)) _seen.Add((ear, message.Sender), seen = []);
        var number = Payload.Read(message.Payload.Span).Number;
        if (!seen.Add(number)) run.Violate(this, $"{ear.Name} has heard {message.Sender}'s {number} twice.");
    }
}
