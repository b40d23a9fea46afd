namespace Msgc.Reactive.Groups;

/// <summary>A 128-bit digest of a set of ids that members can be added to and taken from in any order: the sum of their hashes.</summary>
internal static class SetDigest
{
    public static UInt128 Of(ulong id) => new(Mix(id ^ 0x9E3779B97F4A7C15), Mix(id + 0xD1B54A32D192ED03));

    /// <summary>The finalizer of SplitMix64: every bit of the input reaches every bit of the output.</summary>
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
