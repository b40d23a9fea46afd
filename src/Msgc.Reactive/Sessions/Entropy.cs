using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Msgc.Reactive.Sessions;

/// <summary>Where ids, nonces and jitter come from when the options name no other source.</summary>
internal static class Entropy
{
    /// <summary>For ids, which everybody sees, and jitter: distinct in the whole world. The cryptographic source would load libraries for them, 5 MB on Linux.</summary>
    public static ulong Distinct()
    {
#pragma warning disable RS0030 // this is the source that the options stand in for
        var guid = Guid.NewGuid();
#pragma warning restore RS0030
        var halves = MemoryMarshal.Cast<Guid, ulong>(new ReadOnlySpan<Guid>(in guid));
        return halves[0] ^ halves[1]; // the few bits that are no random ones meet random ones
    }

    /// <summary>For nonces, which a peer's proof stands on.</summary>
    public static ulong Unguessable()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    /// <summary>A random part of a duration.</summary>
    public static TimeSpan PartOf(TimeSpan duration, Func<ulong> entropy) =>
        duration == TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromTicks((long)(entropy() % (ulong)duration.Ticks));
}
