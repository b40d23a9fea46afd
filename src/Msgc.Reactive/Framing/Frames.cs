using System.Buffers.Binary;

namespace Msgc.Reactive.Framing;

/// <summary>The small frames: a header with a name, or with one or two numbers.</summary>
internal static class Frames
{
    /// <summary>Flag of a Join: the client comes over from a server that is stopping, where it is a member.</summary>
    public const ushort MovingJoin = 1;

    /// <summary>Flag of a JoinAck: not all servers are linked, and what is published at the others does not arrive.</summary>
    public const ushort IncompleteJoin = 1;

    private const uint NoTimeout = uint.MaxValue;

    /// <summary><code>8  n  group's name</code> Join, JoinAck, Leave, LeaveAck, Watch, Unwatch.</summary>
    public static byte[] Named(FrameKind kind, ReadOnlySpan<byte> name, ushort flags = 0)
    {
        var frame = New(kind, Frame.HeaderBytes + name.Length, name.Length, flags);
        name.CopyTo(frame.AsSpan(Frame.HeaderBytes));
        return frame;
    }

    /// <summary>A header alone: Rejoined, Draining, and of links PeerReady, Paused, Resumed, Drained.</summary>
    public static byte[] Bare(FrameKind kind) => New(kind, Frame.HeaderBytes);

    /// <summary><code>8  u64  value</code> Flush: its id. InterestAck: the serial. NoOp and Handled: messages handled in this session. IdleTimeout and its ack: ms, 1 to 0xFFFFFFFF, which is none.</summary>
    public static byte[] Number(FrameKind kind, ulong value)
    {
        var frame = New(kind, Frame.HeaderBytes + 8);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(8), value);
        return frame;
    }

    /// <summary>Another number into a frame of one.</summary>
    public static void SetNumber(Span<byte> frame, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(frame[Frame.HeaderBytes..], value);

    /// <summary><code>8  u64  flush id     16  u64  messages handled in this session</code></summary>
    public static byte[] FlushAck(ulong id, ulong handled)
    {
        var frame = New(FrameKind.FlushAck, Frame.HeaderBytes + 16);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(8), id);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(16), handled);
        return frame;
    }

    /// <summary><code>8  n  server's name, to the frame's end</code> A link to that server was lost, or came up: messages from it may be missing.</summary>
    public static byte[] LinkGap(string server)
    {
        var name = System.Text.Encoding.UTF8.GetBytes(server);
        var frame = New(FrameKind.LinkGap, Frame.HeaderBytes + name.Length);
        name.CopyTo(frame, Frame.HeaderBytes);
        return frame;
    }

    /// <summary>The number at an index of a frame of numbers.</summary>
    public static ulong NumberAt(Frame frame, int index) => BinaryPrimitives.ReadUInt64LittleEndian(frame.Body[(8 * index)..]);

    /// <summary>
    /// What is wrong with a frame's length or name, for all kinds of fixed shape; null when nothing is. Kinds that have readers of their
    /// own are checked there, unknown ones by whoever does not expect them.
    /// </summary>
    public static string? Check(Frame frame)
    {
        var body = frame.Body.Length;
        return frame.Kind switch
        {
            FrameKind.Message => MessageFrame.Check(frame.Bytes),
            FrameKind.Join or FrameKind.JoinAck or FrameKind.Leave or FrameKind.LeaveAck or FrameKind.Watch or FrameKind.Unwatch =>
                body != frame.NameLength ? $"a {frame.Kind} frame whose name takes {frame.NameLength} of {body} bytes"
                : !GroupName.IsValid(frame.Name) ? $"a {frame.Kind} frame whose group is no valid name" : null,
            FrameKind.Rejoined or FrameKind.Draining or FrameKind.Drained or FrameKind.PeerReady or FrameKind.Paused or FrameKind.Resumed => Fixed(frame, body, 0),
            FrameKind.NoOp or FrameKind.Handled or FrameKind.Flush or FrameKind.InterestAck => Fixed(frame, body, 8),
            FrameKind.LinkGap => GroupName.IsValid(frame.Body) ? null : "a LinkGap frame whose server is no valid name",
            FrameKind.IdleTimeout or FrameKind.IdleTimeoutAck =>
                Fixed(frame, body, 8) ?? (NumberAt(frame, 0) is 0 or > NoTimeout ? $"an {frame.Kind} frame of impossible {NumberAt(frame, 0)} ms" : null),
            FrameKind.FlushAck => Fixed(frame, body, 16),
            FrameKind.PeerConfirm => Fixed(frame, body, PeerProof.Bytes),
            FrameKind.Interest or FrameKind.NoInterest => InterestFrame.Check(frame),
            _ => null,
        };
    }

    public static byte[] New(FrameKind kind, int length, int nameLength = 0, ushort flags = 0)
    {
        var frame = new byte[length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)length);
        frame[4] = (byte)kind;
        frame[5] = (byte)nameLength;
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(6), flags);
        return frame;
    }

    public static uint Milliseconds(TimeSpan duration) =>
        duration == Timeout.InfiniteTimeSpan ? NoTimeout : (uint)Math.Clamp(Math.Ceiling(duration.TotalMilliseconds), 1, NoTimeout - 1);

    public static TimeSpan Duration(uint milliseconds) =>
        milliseconds == NoTimeout ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Max(1, milliseconds));

    private static string? Fixed(Frame frame, int body, int expected) =>
        body == expected ? null : $"a {frame.Kind} frame with a body of {body} bytes instead of {expected}";
}
