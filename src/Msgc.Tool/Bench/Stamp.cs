using System.Buffers.Binary;

namespace Msgc.Tool.Bench;

/// <summary>
/// The beginning of a payload, little-endian:
/// <code>0  u16  publisher     2  i48  number, from 0, or what else the message is     8  i64  time, or -1</code>
/// </summary>
/// <param name="Publisher">Counted from 0.</param>
/// <param name="Number">Counts the publisher's measured messages to the group; negative for those that are not measured.</param>
/// <param name="Time">On the run's stopwatch, in ticks of 100 ns; <see cref="Untimed"/> for messages whose latency is not measured.</param>
internal readonly record struct Stamp(int Publisher, long Number, long Time)
{
    public const int Bytes = 16;
    public const long Untimed = -1;

    /// <summary>The number of all messages of the warm-up.</summary>
    public const long WarmUp = -1;

    /// <summary>The number of a publisher's last message of the warm-up to the group.</summary>
    public const long EndOfWarmUp = -2;

    /// <summary>The number of a publisher's very last message to the group.</summary>
    public const long End = -3;

    public static Stamp Read(ReadOnlySpan<byte> payload)
    {
        var first = BinaryPrimitives.ReadInt64LittleEndian(payload);
        return new Stamp((ushort)first, first >> 16, BinaryPrimitives.ReadInt64LittleEndian(payload[8..]));
    }

    public void Write(Span<byte> payload)
    {
        BinaryPrimitives.WriteInt64LittleEndian(payload, (Number << 16) | (uint)Publisher);
        BinaryPrimitives.WriteInt64LittleEndian(payload[8..], Time);
    }
}
