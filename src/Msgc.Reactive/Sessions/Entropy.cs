using System.Security.Cryptography;

namespace Msgc.Reactive.Sessions;

/// <summary>Where ids come from when the options name no other source.</summary>
internal static class Entropy
{
    public static ulong System()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    /// <summary>A random part of a duration.</summary>
    public static TimeSpan PartOf(TimeSpan duration, Func<ulong> entropy) =>
        duration == TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromTicks((long)(entropy() % (ulong)duration.Ticks));
}
