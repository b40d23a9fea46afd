using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Msgc.Reactive.Framing;

/// <summary>
/// Shows a peer that both know the same secret without sending it: a keyed digest (HMAC-SHA-256) of who proves, of both nonces and of
/// both incarnations. Without a secret the key is empty, so that one side alone having one is noticed as well. Carried by PeerWelcome, and
/// by PeerConfirm: <code>8  32  proof</code>
/// </summary>
internal static class PeerProof
{
    public const int Bytes = HMACSHA256.HashSizeInBytes;

    /// <summary>The proof that one side gives.</summary>
    /// <param name="secret">The shared secret, or null.</param>
    /// <param name="byDialler">True for the dialling side's.</param>
    /// <param name="dialler">The dialling side's nonce and incarnation.</param>
    /// <param name="acceptor">The accepting side's.</param>
    public static byte[] Of(string? secret, bool byDialler, (ulong Nonce, ulong Incarnation) dialler, (ulong Nonce, ulong Incarnation) acceptor)
    {
        var text = new byte[33];
        text[0] = byDialler ? (byte)1 : (byte)2;
        BinaryPrimitives.WriteUInt64LittleEndian(text.AsSpan(1), dialler.Nonce);
        BinaryPrimitives.WriteUInt64LittleEndian(text.AsSpan(9), dialler.Incarnation);
        BinaryPrimitives.WriteUInt64LittleEndian(text.AsSpan(17), acceptor.Nonce);
        BinaryPrimitives.WriteUInt64LittleEndian(text.AsSpan(25), acceptor.Incarnation);
        return HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret ?? ""), text);
    }

    /// <summary>Compares in constant time.</summary>
    public static bool Matches(ReadOnlySpan<byte> given, ReadOnlySpan<byte> expected) => CryptographicOperations.FixedTimeEquals(given, expected);

    /// <summary>A confirmation with its proof.</summary>
    public static byte[] Confirm(ReadOnlySpan<byte> proof)
    {
        var frame = Frames.New(FrameKind.PeerConfirm, Frame.HeaderBytes + Bytes);
        proof.CopyTo(frame.AsSpan(Frame.HeaderBytes));
        return frame;
    }
}
