using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Msgc.Reactive.Framing;

/// <summary>Names of groups, clients and servers: 1 to 255 bytes of UTF-8 without control characters. (contract, "§3")</summary>
internal static class GroupName
{
    public const int MaxBytes = 255;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>True for the bytes of a valid name.</summary>
    public static bool IsValid(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > MaxBytes || !Utf8.IsValid(name)) return false;
        for (var i = 0; i < name.Length; i++)
        {
            // C0 and DEL are single bytes; C1 (U+0080 to U+009F) is 0xC2 followed by 0x80 to 0x9F.
            if (name[i] is < 0x20 or 0x7F || (name[i] == 0xC2 && name[i + 1] is >= 0x80 and <= 0x9F)) return false;
        }
        return true;
    }

    /// <summary>True for the system's groups: clients join and watch them, and only servers publish there.</summary>
    public static bool IsSystem(ReadOnlySpan<byte> name) => name[0] == (byte)'$';

    /// <summary>The bytes of a name.</summary>
    /// <exception cref="ArgumentException">It is no valid name; the message says what one is.</exception>
    public static byte[] Encode(string name, string parameter)
    {
        ArgumentNullException.ThrowIfNull(name, parameter);
        var bytes = Array.Empty<byte>();
        try
        {
            bytes = Strict.GetBytes(name);
        }
        catch (EncoderFallbackException)
        {
            // A lone surrogate: no UTF-8 says it, so it falls through to the error below.
        }
        return IsValid(bytes) ? bytes : throw new ArgumentException(
            $"'{Printable(name)}' is no valid name: a name has 1 to {MaxBytes} bytes of UTF-8 and no control characters.", parameter);
    }

    private static string Printable(string name)
    {
        var shown = name.Length <= 40 ? name : string.Concat(name.AsSpan(0, 40), "…");
        return string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? $"\\u{(int)c:X4}" : c.ToString()));
    }

    /// <summary>Compares names by their bytes; looks them up by a span, without an array. The hash is cheap and the same in each process.</summary>
    internal sealed class Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Comparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            const ulong Multiplier = 0x9E3779B97F4A7C15;
            var hash = (ulong)alternate.Length * Multiplier;
            var words = MemoryMarshal.Cast<byte, ulong>(alternate);
            foreach (var word in words) hash = BitOperations.RotateLeft((hash ^ word) * Multiplier, 29);
            foreach (var rest in alternate[(words.Length * 8)..]) hash = (hash ^ rest) * Multiplier;
            // A product's low bits know nothing of the last characters of a whole word, and the rotation has put them on top.
            hash = (hash ^ (hash >> 32)) * Multiplier;
            return (int)(hash >> 32);
        }
    }
}
