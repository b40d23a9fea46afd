using System.Buffers.Binary;
using System.Text;

namespace Msgc.Reactive.Framing;

/// <summary>
/// The dialling side's first frame. Magic and versions keep their place in all versions of the protocol.
/// <code>
/// 0   header, kind 0x01, flags: bit 0 no echo
/// 8   4    "MSGC"
/// 12  u16  lowest version spoken     14  u16  highest
/// 16  u64  client id
/// 24  u64  session number: counts the client's sessions, from 1
/// 32  u32  idle timeout, ms; 0xFFFFFFFF for none
/// 36  u8   n, length of the client's name     37  u8  0     38  u16  m, length of the credentials
/// 40  n    client's name, UTF-8
/// 40+n m   credentials, any bytes
/// </code>
/// </summary>
internal sealed record HelloFrame(ulong ClientId, ulong Session, TimeSpan IdleTimeout, string Name, bool NoEcho)
{
    public const ushort Version = 1;
    private const int Fixed = 40;
    private const ushort NoEchoFlag = 1;

    public static ReadOnlySpan<byte> Magic => "MSGC"u8;

    public ReadOnlyMemory<byte> Credentials { get; init; }

    public byte[] Write(ushort lowest = Version, ushort highest = Version)
    {
        var name = Encoding.UTF8.GetBytes(Name);
        var frame = Frames.New(FrameKind.Hello, Fixed + name.Length + Credentials.Length, flags: NoEcho ? NoEchoFlag : (ushort)0);
        WriteVersions(frame, lowest, highest);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(16), ClientId);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(24), Session);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(32), Frames.Milliseconds(IdleTimeout));
        frame[36] = (byte)name.Length;
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(38), (ushort)Credentials.Length);
        name.CopyTo(frame, Fixed);
        Credentials.Span.CopyTo(frame.AsSpan(Fixed + name.Length));
        return frame;
    }

    /// <summary>What hellos of all versions, of clients and of peers, have in common.</summary>
    public static void WriteVersions(byte[] frame, ushort lowest, ushort highest)
    {
        Magic.CopyTo(frame.AsSpan(8));
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(12), lowest);
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(14), highest);
    }

    /// <summary>The versions of a frame that is a hello of any version, a client's or a peer's; false when it is none.</summary>
    public static bool TryReadVersions(Frame frame, out ushort lowest, out ushort highest)
    {
        lowest = highest = 0;
        var bytes = frame.Bytes;
        if (frame.Kind is not (FrameKind.Hello or FrameKind.PeerHello) || bytes.Length < 16 || !bytes.Slice(8, 4).SequenceEqual(Magic)) return false;
        lowest = BinaryPrimitives.ReadUInt16LittleEndian(bytes[12..]);
        highest = BinaryPrimitives.ReadUInt16LittleEndian(bytes[14..]);
        return lowest <= highest;
    }

    /// <summary>Reads a hello of our version; null, with the reason, when its bytes are wrong.</summary>
    public static HelloFrame? Read(Frame frame, out string? reason)
    {
        reason = null;
        var bytes = frame.Bytes;
        if (bytes.Length < Fixed)
        {
            reason = $"a hello of {bytes.Length} bytes is shorter than {Fixed}";
            return null;
        }
        int nameBytes = bytes[36], credentials = BinaryPrimitives.ReadUInt16LittleEndian(bytes[38..]);
        if (bytes.Length != Fixed + nameBytes + credentials)
        {
            reason = $"a hello of {bytes.Length} bytes whose parts take {Fixed + nameBytes + credentials}";
            return null;
        }
        if (!GroupName.IsValid(bytes.Slice(Fixed, nameBytes)))
        {
            reason = "a hello whose client name is no valid name";
            return null;
        }
        return new HelloFrame(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            Frames.Duration(BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..])),
            Encoding.UTF8.GetString(bytes.Slice(Fixed, nameBytes)),
            (frame.Flags & NoEchoFlag) != 0)
        {
            Credentials = bytes.Slice(Fixed + nameBytes, credentials).ToArray(),
        };
    }
}
