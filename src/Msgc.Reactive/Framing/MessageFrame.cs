using System.Buffers.Binary;

namespace Msgc.Reactive.Framing;

/// <summary>
/// A published message, or a few small ones of a sender to a group with consecutive numbers, packed: the same bytes on every hop.
/// <code>
/// 0   u32  length     4  u8 kind 0x10     5  u8 n, length of the name, 1 to 255
/// 6   u16  flags: bits 0 to 2: k, further messages; bits 3 to 15, where there are some: p, length of the first payload
/// 8   u64  sender's client id
/// 16  u64  number: counts the sender's messages to the group, from 1; below 2^63. The first message's: the others' follow
/// 24  n    group's name, UTF-8
/// 24+n     payload: to the frame's end, or, where there are further ones, p bytes and then k times: u16 length, payload
/// </code>
/// </summary>
internal static class MessageFrame
{
    public const int HeaderBytes = 24;

    /// <summary>The most messages of a frame.</summary>
    public const int MaxMessages = Further + 1;

    /// <summary>Frames of several messages are at most so long, so that every server takes them.</summary>
    public const int MaxPackedBytes = Frame.SmallestMaxBytes;

    /// <summary>What a further message takes beyond its payload.</summary>
    public const int FurtherHeaderBytes = 2;

    private const int Further = 7; // a mask of three bits, too
    private const int FurtherBits = 3;

    public static int LengthOf(int nameBytes, int payloadBytes) => HeaderBytes + nameBytes + payloadBytes;

    public static ulong Sender(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt64LittleEndian(frame[8..]);

    public static ulong Number(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt64LittleEndian(frame[16..]);

    public static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> frame) => frame.Slice(HeaderBytes, frame[5]);

    /// <summary>How many messages it has.</summary>
    public static int Messages(ReadOnlySpan<byte> frame) => 1 + (Flags(frame) & Further);

    /// <summary>The first payload of a right frame; <see cref="NextPayload"/> takes the others from the rest.</summary>
    public static ReadOnlySpan<byte> FirstPayload(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> rest)
    {
        var (flags, start) = (Flags(frame), HeaderBytes + frame[5]);
        var end = (flags & Further) == 0 ? frame.Length : start + (flags >> FurtherBits);
        rest = frame[end..];
        return frame[start..end];
    }

    /// <summary>The next payload.</summary>
    public static ReadOnlySpan<byte> NextPayload(scoped ref ReadOnlySpan<byte> rest)
    {
        var end = FurtherHeaderBytes + BinaryPrimitives.ReadUInt16LittleEndian(rest);
        var payload = rest[FurtherHeaderBytes..end];
        rest = rest[end..];
        return payload;
    }

    /// <summary>
    /// The length of the frame of messages that stands at the start of the received bytes, and how many they are; 0 when something else does, or
    /// what is not whole, or wrong, which <see cref="Frame.TryRead"/> and <see cref="Check"/> then tell apart.
    /// </summary>
    public static int LengthOfWhole(ReadOnlySpan<byte> received, int maxFrameBytes, out int messages)
    {
        messages = 1;
        if (received.Length < HeaderBytes) return 0;
        var header = BinaryPrimitives.ReadUInt64LittleEndian(received);
        var (length, kind, nameBytes, flags) = ((uint)header, (byte)(header >> 32), (uint)(byte)(header >> 40), (int)(header >> 48));
        var isWhole = length <= (uint)received.Length && kind == (byte)FrameKind.Message;
        var isRight = nameBytes > 0 && length >= HeaderBytes + nameBytes && length <= (uint)maxFrameBytes && (long)Number(received) > 0;
        if (!isWhole || !isRight) return 0;
        messages += flags & Further;
        if (messages == 1) return (int)length;
        return IsPackedRight(received[..(int)length]) ? (int)length : 0;
    }

    /// <summary>What is wrong with a frame of kind Message beyond its header, or null.</summary>
    public static string? Check(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < HeaderBytes) return $"a message of {frame.Length} bytes is shorter than its header of {HeaderBytes}";
        if (frame[5] == 0) return "a message without a group";
        if ((long)Number(frame) <= 0) return $"a message of impossible number {Number(frame)}";
        if (frame.Length < HeaderBytes + frame[5]) return $"a message of {frame.Length} bytes is shorter than its group's name of {frame[5]}";
        return Messages(frame) == 1 || IsPackedRight(frame) ? null : $"{Messages(frame)} messages that do not fill their frame of {frame.Length} bytes, or may not share one";
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

    /// <summary>Packs the sender's next message to the group into the frame behind those it has, and returns the bytes that takes.</summary>
    /// <param name="target">The frame of the given length, and room behind it; it stays within <see cref="MaxPackedBytes"/>.</param>
    /// <param name="length">The frame's length.</param>
    /// <param name="payload">The message's.</param>
    public static int Pack(Span<byte> target, int length, ReadOnlySpan<byte> payload)
    {
        int flags = Flags(target);
        if ((flags & Further) == 0) flags = (length - HeaderBytes - target[5]) << FurtherBits;
        var taken = FurtherHeaderBytes + payload.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)(length + taken));
        BinaryPrimitives.WriteUInt16LittleEndian(target[6..], (ushort)(flags + 1));
        BinaryPrimitives.WriteUInt16LittleEndian(target[length..], (ushort)payload.Length);
        payload.CopyTo(target[(length + FurtherHeaderBytes)..]);
        return taken;
    }

    /// <summary>The bytes of the first frames of a run that have so many messages, or a few more where a frame's last ones are not among them.</summary>
    public static int LengthOfFirst(ReadOnlySpan<byte> run, ref int messages)
    {
        var (at, found) = (0, 0);
        while (found < messages)
        {
            found += Messages(run[at..]);
            at += (int)BinaryPrimitives.ReadUInt32LittleEndian(run[at..]);
        }
        messages = found;
        return at;
    }

    private static ushort Flags(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]);

    /// <summary>True when the payloads end where the frame does, which is not too long, and the last number is below 2^63, too.</summary>
    private static bool IsPackedRight(ReadOnlySpan<byte> frame)
    {
        int flags = Flags(frame);
        var payload = flags >> FurtherBits;
        var at = HeaderBytes + frame[5] + payload;
        var further = flags & Further;
        if ((long)(Number(frame) + (ulong)further) <= 0) return false;
        for (; further > 0 && at + FurtherHeaderBytes <= frame.Length; further--)
        {
            var next = BinaryPrimitives.ReadUInt16LittleEndian(frame[at..]);
            // Without the condition it would be the same, but each length would be read only when the one before, mostly not in the nearest cache,
            // is there. With it the processor goes on as if they were equal, as they often are: a seventh less around a client's delivery loop.
            if (next != payload) payload = next;
            at += FurtherHeaderBytes + payload;
        }
        return further == 0 && at == frame.Length && at <= MaxPackedBytes;
    }
}
