using System.Buffers.Binary;

namespace Msgc.Reactive.Framing;

/// <summary>
/// What a server tells its peer of the groups that it has members of. Serials count the groups that a server got first members of, from 1.
/// <code>
/// Interest    0  header, kind 0x20; 8  u64  serial of the last group; 16  names to the frame's end, at least one, each  u8 n  n bytes
/// NoInterest  0  header, kind 0x22, n; 8  u64  the highest serial told so far; 16  n  group's name
/// </code>
/// </summary>
internal static class InterestFrame
{
    public const int HeaderBytes = 16;

    /// <summary>Interest frames are at most this long, so that a summary of many groups takes few of them and none takes long.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>A frame of as many bytes of names as were gathered.</summary>
    public static byte[] Write(ulong serial, ReadOnlySpan<byte> names)
    {
        var frame = Frames.New(FrameKind.Interest, HeaderBytes + names.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(8), serial);
        names.CopyTo(frame.AsSpan(HeaderBytes));
        return frame;
    }

    public static byte[] WriteNone(ulong serial, ReadOnlySpan<byte> name)
    {
        var frame = Frames.New(FrameKind.NoInterest, HeaderBytes + name.Length, name.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(8), serial);
        name.CopyTo(frame.AsSpan(HeaderBytes));
        return frame;
    }

    public static ulong Serial(Frame frame) => Frames.NumberAt(frame, 0);

    /// <summary>The one name of a NoInterest.</summary>
    public static ReadOnlySpan<byte> Name(Frame frame) => frame.Bytes[HeaderBytes..];

    /// <summary>What is wrong with either of the two, or null.</summary>
    public static string? Check(Frame frame)
    {
        var bytes = frame.Bytes;
        if (bytes.Length <= HeaderBytes) return $"a {frame.Kind} frame without a group";
        if (frame.Kind == FrameKind.NoInterest)
            return bytes.Length != HeaderBytes + frame.NameLength || !GroupName.IsValid(Name(frame)) ? "a NoInterest frame whose group is no valid name" : null;
        for (var rest = bytes[HeaderBytes..]; !rest.IsEmpty; rest = rest[(1 + rest[0])..])
        {
            if (rest.Length < 1 + rest[0] || !GroupName.IsValid(rest.Slice(1, rest[0]))) return "an Interest frame with a group that is no valid name";
        }
        return null;
    }

    /// <summary>Takes the next name off the rest of an Interest's names.</summary>
    public static bool TryNext(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (rest.IsEmpty) return false;
        name = rest.Slice(1, rest[0]);
        rest = rest[(1 + rest[0])..];
        return true;
    }
}
