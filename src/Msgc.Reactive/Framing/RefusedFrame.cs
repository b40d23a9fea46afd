using System.Buffers.Binary;
using System.Text;

namespace Msgc.Reactive.Framing;

/// <summary>
/// The accepting side's answer to a hello that it does not take; it then waits for the far end to close.
/// <code>
/// 0   header, kind 0x03, flags: bit 0 final: dialling again cannot help; bit 1 self: a server has dialled itself
/// 8   u16  lowest version spoken     10  u16  highest
/// 12  ...  why, UTF-8, to the frame's end; what is beyond 1024 bytes is cut
/// </code>
/// </summary>
internal sealed record RefusedFrame(string Reason, bool Final, bool Self = false)
{
    private const int Fixed = 12;
    private const int MaxTextBytes = 1024;
    private const int FinalFlag = 1;
    private const int SelfFlag = 2;

    public byte[] Write()
    {
        var text = Encoding.UTF8.GetBytes(Reason).AsSpan();
        if (text.Length > MaxTextBytes)
        {
            var end = MaxTextBytes;
            while ((text[end] & 0xC0) == 0x80) end--; // not inside a character
            text = text[..end];
        }
        var frame = Frames.New(FrameKind.Refused, Fixed + text.Length, flags: (ushort)((Final ? FinalFlag : 0) | (Self ? SelfFlag : 0)));
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(8), HelloFrame.Version);
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(10), HelloFrame.Version);
        text.CopyTo(frame.AsSpan(Fixed));
        return frame;
    }

    /// <summary>Reads a refusal; null when its bytes are wrong.</summary>
    public static RefusedFrame? Read(Frame frame) =>
        frame.Bytes.Length < Fixed ? null : new RefusedFrame(Encoding.UTF8.GetString(frame.Bytes[Fixed..]), (frame.Flags & FinalFlag) != 0, (frame.Flags & SelfFlag) != 0);
}
