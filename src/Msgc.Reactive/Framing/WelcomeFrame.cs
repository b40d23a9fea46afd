using System.Buffers.Binary;
using System.Text;

namespace Msgc.Reactive.Framing;

/// <summary>
/// The accepting side's answer to a hello that it takes.
/// <code>
/// 0   header, kind 0x02
/// 8   u16  version chosen     10  u16  0
/// 12  u32  the server's MaxFrameBytes: binds both directions
/// 16  u64  the server's incarnation
/// 24  u32  idle timeout, ms; 0xFFFFFFFF for none
/// 28  u8   n, length of the server's name     29  u8 the most messages that the client may pack into a frame, 0 means 1     30  u16 0
/// 32  n    server's name, UTF-8
/// </code>
/// </summary>
internal sealed record WelcomeFrame(int MaxFrameBytes, ulong Incarnation, TimeSpan IdleTimeout, string ServerName)
{
    private const int Fixed = 32;

    /// <summary>The most messages that the client may pack into a frame.</summary>
    public int MessagesPerFrame { get; init; } = 1;

    public byte[] Write()
    {
        var name = Encoding.UTF8.GetBytes(ServerName);
        var frame = Frames.New(FrameKind.Welcome, Fixed + name.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(8), HelloFrame.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(12), (uint)MaxFrameBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(16), Incarnation);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(24), Frames.Milliseconds(IdleTimeout));
        frame[28] = (byte)name.Length;
        frame[29] = (byte)MessagesPerFrame;
        name.CopyTo(frame, Fixed);
        return frame;
    }

    /// <summary>Reads a welcome; null, with the reason, when its bytes are wrong.</summary>
    public static WelcomeFrame? Read(Frame frame, out string? reason)
    {
        var bytes = frame.Bytes;
        reason = bytes.Length < Fixed || bytes.Length != Fixed + bytes[28] ? $"a welcome of {bytes.Length} bytes has a wrong length"
            : BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]) != HelloFrame.Version ? "a welcome of a version that was not offered"
            : BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) is < Frame.SmallestMaxBytes or > int.MaxValue ? "a welcome with an impossible maximum of frame bytes"
            : !GroupName.IsValid(bytes.Slice(Fixed, bytes[28])) ? "a welcome whose server name is no valid name"
            : null;
        if (reason is not null) return null;
        return new WelcomeFrame(
            (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            Frames.Duration(BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..])),
            Encoding.UTF8.GetString(bytes.Slice(Fixed, bytes[28])))
        {
            MessagesPerFrame = Math.Clamp((int)bytes[29], 1, MessageFrame.MaxMessages),
        };
    }
}
