using System.Buffers.Binary;

namespace Msgc.Reactive.Framing;

/// <summary>
/// A published message: the same bytes on every hop.
/// <code>
/// 0   u32  length     4  u8 kind 0x10     5  u8 n, length of the name, 1 to 255     6  u16 flags, 0
/// 8   u64  sender's client id
/// 16  u64  number: counts the sender's messages to the group, from 1; below 2^63
/// 24  n    group's name, UTF-8
/// 24+n     payload
/// </code>
/// </summary>
internal static class MessageFrame
{
    public const int HeaderBytes = 24;

    public static int LengthOf(int nameBytes, int payloadBytes) => HeaderBytes + nameBytes + payloadBytes;

    public static ulong Sender(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt64LittleEndian(frame[8..]);

    public static ulong Number(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt64LittleEndian(frame[16..]);

    public static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> frame) => frame.Slice(HeaderBytes, frame[5]);

    /// <summary>
    /// The length of the message that stands at the start of the received bytes; 0 when something else does, or what is not whole, or wrong, which
    /// <see cref="Frame.TryRead"/> and <see cref="Check"/> then tell apart.
    /// </summary>
    public static int LengthOfWhole(ReadOnlySpan<byte> received, int maxFrameBytes)
    {
        if (received.Length < HeaderBytes) return 0;
        var header = BinaryPrimitives.ReadUInt64LittleEndian(received);
        var (length, kind, nameBytes) = ((uint)header, (byte)(header >> 32), (uint)(byte)(header >> 40));
        var isWhole = length <= (uint)received.Length && kind == (byte)FrameKind.Message;
        var isRight = nameBytes > 0 && length >= HeaderBytes + nameBytes && length <= (uint)maxFrameBytes && (long)Number(received) > 0;
        return isWhole && isRight ? (int)length : 0;
    }

    /// <summary>What is wrong with a frame of kind Message beyond its header, or null.</summary>
    public static string? Check(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < HeaderBytes) return $"a message of {frame.Length} bytes is shorter than its header of {HeaderBytes}";
        if (frame[5] == 0) return "a message without a group";
        if ((long)Number(frame) <= 0) return $"a message of impossible number {Number(frame)}";
        return frame.Length < HeaderBytes + frame[5] ? $"a message of {frame.Length} bytes is shorter than its group's name of {frame[5]}" : null;
    }

    /// <summary>Writes a message and returns its length; the target is long enough.</summary>
    public static int Write(Span<byte> target, ulong sender, ulong number, ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload)
    {
        var length = LengthOf(name.Length, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)length);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], (uint)FrameKind.Message | ((uint)name.Length << 8));
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], sender);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], number);
        name.CopyTo(target[HeaderBytes..]);
        payload.CopyTo(target[(HeaderBytes + name.Length)..]);
        return length;
    }

    /// <summary>The bytes that the first <paramref name="count"/> of a run of whole frames take.</summary>
    public static int LengthOfFirst(ReadOnlySpan<byte> run, int count)
    {
        var at = 0;
        for (var i = 0; i < count; i++) at += (int)BinaryPrimitives.ReadUInt32LittleEndian(run[at..]);
        return at;
    }
}
