namespace Msgc.Reactive.Simulation.Actors;

/// <summary>A published message: it was handled after From, and before Until where a flush has shown that it was handled at all.</summary>
internal record struct Spoken(long From, long Until)
{
    public const long Unknown = long.MaxValue;

    public readonly bool IsKnown => Until != Unknown;
}
