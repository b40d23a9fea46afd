using Msgc.Reactive.Simulation.Actors;

namespace Msgc.Reactive.Simulation.Invariants;

/// <summary>Something that the contract promises, looked at while a scenario runs. Each run has its own.</summary>
/// <param name="name">The contract's paragraph, and what it promises there.</param>
internal abstract class Invariant(string name)
{
    public string Name => name;

    public static Invariant[] All() =>
    [
        new AtMostOnce(), new FirstInFirstOut(), new InsideJoin(), new InterestOnly(), new QueueLimits(), new StallRule(), new Grammar(), new OneLink(),
        new Liveness(), new EqualViews(), new NoSilentLoss(), new NoLeak(),
    ];

    /// <summary>Something comes to an ear, whether or not it listens still.</summary>
    public virtual void Passing(Run run, Ear ear)
    {
    }

    /// <summary>An ear has heard a message or a gap.</summary>
    public virtual void Heard(Run run, Ear ear, MsgcGroupEvent e)
    {
    }

    /// <summary>Ten times a second.</summary>
    public virtual void Glance(Run run)
    {
    }

    /// <summary>The bound within which all works again has passed since the last fault.</summary>
    public virtual void Recovered(Run run)
    {
    }

    /// <summary>Everybody has published once more since.</summary>
    public virtual void AtRest(Run run)
    {
    }

    /// <summary>Everything was disposed a while ago.</summary>
    public virtual void AtEnd(Run run)
    {
    }
}
