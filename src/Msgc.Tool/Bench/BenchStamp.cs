using System.Buffers.Binary;

namespace Msgc.Tool.Bench;

/// <summary>
/// What a payload begins with:
/// <code>
/// 0  i64  when it was to be published, ticks of the run's clock; 0 where its latency is not asked for
/// 8  u16  publisher        10  u48  its number, from 1
/// </code>
/// </summary>
internal readonly record struct BenchStamp(long Ticks, int Publisher, long Number)
{
    public const int Bytes = 16;

    public static BenchStamp Read(ReadOnlySpan<byte> payload)
    {
        var key = BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]);
        return new BenchStamp(BinaryPrimitives.ReadInt64LittleEndian(payload), (int)(key & 0xFFFF), (long)(key >> 16));
    }

    public void Write(Span<byte> payload)
    {
        BinaryPrimitives.WriteInt64LittleEndian(payload, Ticks);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[8..], ((ulong)Number << 16) | (uint)Publisher);
    }
}
