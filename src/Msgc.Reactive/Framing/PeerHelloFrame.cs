using System.Buffers.Binary;
using System.Text;

namespace Msgc.Reactive.Framing;

/// <summary>
/// A dialling server's first frame. Magic and versions lie where a client's hello has them.
/// <code>
/// 0   header, kind 0x08
/// 8   4    "MSGC"
/// 12  u16  lowest version spoken     14  u16  highest
/// 16  u64  the dialling server's incarnation
/// 24  u64  nonce, what the far end's proof is made of
/// 32  u32  idle timeout, ms; 0xFFFFFFFF for none
/// 36  u32  MaxFrameBytes
/// 40  u8   n, length of the own name     41  u8  m, length of the name dialled     42  2 bytes of 0
/// 44  n    own name     44+n  m  the name that the dialled server is expected to have
/// </code>
/// </summary>
internal sealed record PeerHelloFrame(ulong Incarnation, ulong Nonce, TimeSpan IdleTimeout, int MaxFrameBytes, string Name, string Target)
{
    private const int Fixed = 44;

    public byte[] Write()
    {
        byte[] name = Encoding.UTF8.GetBytes(Name), target = Encoding.UTF8.GetBytes(Target);
        var frame = Frames.New(FrameKind.PeerHello, Fixed + name.Length + target.Length);
        HelloFrame.WriteVersions(frame, HelloFrame.Version, HelloFrame.Version);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(16), Incarnation);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(24), Nonce);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(32), Frames.Milliseconds(IdleTimeout));
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(36), (uint)MaxFrameBytes);
        frame[40] = (byte)name.Length;
        frame[41] = (byte)target.Length;
        name.CopyTo(frame, Fixed);
        target.CopyTo(frame, Fixed + name.Length);
        return frame;
    }

    /// <summary>Reads a peer's hello of our version; null, with the reason, when its bytes are wrong.</summary>
    public static PeerHelloFrame? Read(Frame frame, out string? reason)
    {
        var bytes = frame.Bytes;
        reason = bytes.Length < Fixed || bytes.Length != Fixed + bytes[40] + bytes[41] ? $"a peer's hello of {bytes.Length} bytes has a wrong length"
            : !GroupName.IsValid(bytes.Slice(Fixed, bytes[40])) || !GroupName.IsValid(bytes[(Fixed + bytes[40])..]) ? "a peer's hello with a server name that is no valid name"
            : null;
        if (reason is not null) return null;
        return new PeerHelloFrame(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            Frames.Duration(BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..])),
            (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]),
            Encoding.UTF8.GetString(bytes.Slice(Fixed, bytes[40])),
            Encoding.UTF8.GetString(bytes[(Fixed + bytes[40])..]));
    }
}
