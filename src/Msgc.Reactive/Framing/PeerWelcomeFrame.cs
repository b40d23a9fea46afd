using System.Buffers.Binary;
using System.Text;

namespace Msgc.Reactive.Framing;

/// <summary>
/// The accepting server's answer to a peer's hello that it takes.
/// <code>
/// 0   header, kind 0x09
/// 8   u16  version chosen     10  u16  0
/// 12  u32  idle timeout, ms; 0xFFFFFFFF for none
/// 16  u64  the accepting server's incarnation
/// 24  u64  nonce, what the dialling server's proof is made of
/// 32  32   proof of the shared secret
/// 64  n    the accepting server's name, to the frame's end
/// </code>
/// </summary>
internal sealed record PeerWelcomeFrame(ulong Incarnation, ulong Nonce, TimeSpan IdleTimeout, string Name, ReadOnlyMemory<byte> Proof)
{
    private const int Fixed = 64;

    public byte[] Write()
    {
        var name = Encoding.UTF8.GetBytes(Name);
        var frame = Frames.New(FrameKind.PeerWelcome, Fixed + name.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(8), HelloFrame.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(12), Frames.Milliseconds(IdleTimeout));
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(16), Incarnation);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(24), Nonce);
        Proof.Span.CopyTo(frame.AsSpan(32));
        name.CopyTo(frame, Fixed);
        return frame;
    }

    /// <summary>Reads a welcome; null, with the reason, when its bytes are wrong.</summary>
    public static PeerWelcomeFrame? Read(Frame frame, out string? reason)
    {
        var bytes = frame.Bytes;
        reason = bytes.Length < Fixed ? $"a peer's welcome of {bytes.Length} bytes is shorter than {Fixed}"
            : BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]) != HelloFrame.Version ? "a peer's welcome of a version that was not offered"
            : !GroupName.IsValid(bytes[Fixed..]) ? "a peer's welcome whose server name is no valid name"
            : null;
        if (reason is not null) return null;
        return new PeerWelcomeFrame(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            Frames.Duration(BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..])),
            Encoding.UTF8.GetString(bytes[Fixed..]),
            bytes.Slice(32, PeerProof.Bytes).ToArray());
    }
}
