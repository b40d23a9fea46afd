using System.Buffers.Binary;

namespace Msgc.Reactive.Framing;

/// <summary>
/// One whole frame. Its header, little-endian as everything on the wire:
/// <code>
/// 0  u32  length of the whole frame, this header included
/// 4  u8   kind
/// 5  u8   length of the group's name, 0 where there is none
/// 6  u16  flags
/// 8  ...  body
/// </code>
/// </summary>
internal readonly ref struct Frame(ReadOnlySpan<byte> bytes)
{
    public const int HeaderBytes = 8;

    /// <summary>No server's MaxFrameBytes is below this; a view's largest entry with the longest names fits.</summary>
    public const int SmallestMaxBytes = 1024;

    /// <summary>Until the welcome neither side knows the server's MaxFrameBytes, and strangers are not to make us hold much: the handshake's frames are at most this long.</summary>
    public const int MaxHandshakeBytes = 16 * 1024;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public FrameKind Kind => (FrameKind)Bytes[4];

    public int NameLength => Bytes[5];

    public ushort Flags => BinaryPrimitives.ReadUInt16LittleEndian(Bytes[6..]);

    public ReadOnlySpan<byte> Body => Bytes[HeaderBytes..];

    /// <summary>The name of a frame that has nothing else before it: Join, Leave and their like.</summary>
    public ReadOnlySpan<byte> Name => Bytes.Slice(HeaderBytes, NameLength);

    /// <summary>Looks at the start of the received bytes. <paramref name="reason"/> is set for <see cref="FrameStatus.Invalid"/> only.</summary>
    public static FrameStatus TryRead(ReadOnlySpan<byte> received, int maxFrameBytes, out Frame frame, out string? reason)
    {
        frame = default;
        reason = null;
        if (received.Length < 4) return FrameStatus.NeedMore;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(received);
        if (length < HeaderBytes)
        {
            reason = $"a frame of {length} bytes is shorter than its header of {HeaderBytes}";
            return FrameStatus.Invalid;
        }
        if (length > (uint)maxFrameBytes)
        {
            reason = $"a frame of {length} bytes exceeds the maximum of {maxFrameBytes}";
            return FrameStatus.Invalid;
        }
        if (received.Length < (int)length) return FrameStatus.NeedMore;
        frame = new Frame(received[..(int)length]);
        return FrameStatus.Complete;
    }

    /// <summary>The length that the frame at the start of the bytes announces, or the header's while that is not known yet.</summary>
    public static int AnnouncedLength(ReadOnlySpan<byte> received) =>
        received.Length < 4 ? HeaderBytes : (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(received));
}
