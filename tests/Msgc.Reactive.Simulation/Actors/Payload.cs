using System.Buffers.Binary;

namespace Msgc.Reactive.Simulation.Actors;

/// <summary>
/// What is published: enough to see at the far end what should have come.
/// <code>0  u64  number within sender and group, from 1   8  u64  number over all groups of the sender   16  u64  ticks of its publication   24  u32  session of the sender</code>
/// </summary>
internal readonly record struct Payload(long Number, long Overall, long At, int Session)
{
    public const int Bytes = 28;

    public static Payload Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]));

    public byte[] Write()
    {
        var bytes = new byte[Bytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Number);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Overall);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), At);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), Session);
        return bytes;
    }
}
