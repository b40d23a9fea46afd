using System.Buffers.Binary;
using System.Text;

namespace Msgc.Reactive.Framing;

/// <summary>What happened to one member, as a view frame tells it.</summary>
internal enum ViewEntryKind : byte
{
    Present = 0,
    Joined = 1,
    Left = 2,
    Moved = 3,
}

/// <summary>
/// One member in a view frame. Servers go by the session number: of a client's sessions the highest counts.
/// <code>0  u8 kind   1  u8 n   2  u8 m   3  u8 0   4  u64 client id   12  u64 session number   20  n  client's name   20+n  m  server's name</code>
/// </summary>
internal readonly record struct ViewEntry(ViewEntryKind Kind, ulong Client, ulong Session, string ClientName, string ServerName)
{
    public const int FixedBytes = 20;

    public int Bytes => FixedBytes + Encoding.UTF8.GetByteCount(ClientName) + Encoding.UTF8.GetByteCount(ServerName);
}

/// <summary>
/// A change of a group's view, in one or more chunks; the last one makes it whole.
/// <code>
/// 0   header, kind 0x1B, n, flags: bit 0 first chunk, bit 1 last chunk, bit 2 snapshot: what was known before is forgotten
/// 8   u64  view id, low half     16  u64  high half
/// 24  u8   cause     25  u8  0     26  u16  entries in this chunk
/// 28  n    group's name
/// 28+n     entries
/// </code>
/// </summary>
internal static class ViewFrame
{
    public const ushort First = 1;
    public const ushort Last = 2;
    public const ushort Snapshot = 4;
    private const int Fixed = 28;

    /// <summary>Writes one chunk with as many of the entries as fit into any server's frames, and says where the next one begins.</summary>
    public static byte[] Write(ReadOnlySpan<byte> name, UInt128 viewId, byte cause, bool snapshot, IReadOnlyList<ViewEntry> entries, ref int next)
    {
        var first = next;
        var length = Fixed + name.Length;
        for (; next < entries.Count; next++)
        {
            var entry = entries[next].Bytes;
            if (length + entry > Frame.SmallestMaxBytes) break;
            length += entry;
        }
        var flags = (first == 0 ? First : 0) | (next == entries.Count ? Last : 0) | (snapshot ? Snapshot : 0);
        var frame = Frames.New(FrameKind.View, length, name.Length, (ushort)flags);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(8), (ulong)viewId);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(16), (ulong)(viewId >> 64));
        frame[24] = cause;
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(26), (ushort)(next - first));
        name.CopyTo(frame.AsSpan(Fixed));
        var at = Fixed + name.Length;
        for (var i = first; i < next; i++) at += WriteEntry(frame.AsSpan(at), entries[i]);
        return frame;
    }

    public static UInt128 ViewId(Frame frame) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(frame.Bytes[16..]), BinaryPrimitives.ReadUInt64LittleEndian(frame.Bytes[8..]));

    public static byte Cause(Frame frame) => frame.Bytes[24];

    public static ReadOnlySpan<byte> Name(Frame frame) => frame.Bytes.Slice(Fixed, frame.NameLength);

    /// <summary>Reads a chunk's entries into the list; null, or the reason why its bytes are wrong.</summary>
    public static string? Read(Frame frame, byte highestCause, List<ViewEntry> entries)
    {
        var bytes = frame.Bytes;
        if (bytes.Length < Fixed + frame.NameLength || !GroupName.IsValid(Name(frame))) return "a view without a valid group";
        if (Cause(frame) > highestCause) return $"a view of unknown cause {Cause(frame)}";
        var at = Fixed + frame.NameLength;
        for (var left = BinaryPrimitives.ReadUInt16LittleEndian(bytes[26..]); left > 0; left--)
        {
            if (bytes.Length - at < ViewEntry.FixedBytes) return "a view shorter than its entries";
            int name = bytes[at + 1], server = bytes[at + 2], end = at + ViewEntry.FixedBytes + name + server;
            if (bytes.Length < end || bytes[at] > (byte)ViewEntryKind.Moved) return "a view with a bad entry";
            var names = bytes[(at + ViewEntry.FixedBytes)..end];
            if (!GroupName.IsValid(names[..name]) || !GroupName.IsValid(names[name..])) return "a view with a bad name";
            entries.Add(new ViewEntry(
                (ViewEntryKind)bytes[at],
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[(at + 4)..]),
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[(at + 12)..]),
                Encoding.UTF8.GetString(names[..name]),
                Encoding.UTF8.GetString(names[name..])));
            at = end;
        }
        return at == bytes.Length ? null : "a view longer than its entries";
    }

    private static int WriteEntry(Span<byte> target, ViewEntry entry)
    {
        var name = Encoding.UTF8.GetBytes(entry.ClientName, target[ViewEntry.FixedBytes..]);
        var server = Encoding.UTF8.GetBytes(entry.ServerName, target[(ViewEntry.FixedBytes + name)..]);
        target[0] = (byte)entry.Kind;
        target[1] = (byte)name;
        target[2] = (byte)server;
        BinaryPrimitives.WriteUInt64LittleEndian(target[4..], entry.Client);
        BinaryPrimitives.WriteUInt64LittleEndian(target[12..], entry.Session);
        return ViewEntry.FixedBytes + name + server;
    }
}
