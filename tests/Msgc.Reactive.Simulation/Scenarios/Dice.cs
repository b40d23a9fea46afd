using Msgc.Reactive.Testing.Network;

namespace Msgc.Reactive.Simulation.Scenarios;

/// <summary>The same throws on every machine and runtime.</summary>
internal sealed class Dice(ulong seed)
{
    private SeededRandom _random = new(seed);

    /// <summary>From 0 to below the bound.</summary>
    public int Below(int bound) => (int)_random.Below(bound);

    /// <summary>From the lowest to the highest, both included.</summary>
    public int From(int lowest, int highest) => lowest + Below(highest - lowest + 1);

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Below(times) == 0;

    public T Of<T>(params ReadOnlySpan<T> values) => values[Below(values.Length)];
}
