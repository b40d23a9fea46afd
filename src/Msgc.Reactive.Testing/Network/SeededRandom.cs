namespace Msgc.Reactive.Testing.Network;

/// <summary>SplitMix64: eight bytes of state, the same numbers on every machine and runtime.</summary>
internal struct SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A stream of its own for one of many users of a seed.</summary>
    public static SeededRandom For(ulong seed, ulong user)
    {
        var mixed = new SeededRandom(seed ^ (user * 0xD6E8FEB86659FD93UL));
        return new SeededRandom(mixed.Next());
    }

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform from 0 to below the bound.</summary>
    public long Below(long bound) => (long)Math.BigMul(Next(), (ulong)bound, out _);
}
