using System.Buffers;

namespace Msgc.Reactive.Testing.Network;

/// <summary>A run of bytes in a pooled array; the default value stands for the end of the stream.</summary>
internal readonly struct Segment(byte[] array, int count)
{
    public int Count => count;

    public bool IsEnd => array is null;

    public static Segment Rent(int count) => new(ArrayPool<byte>.Shared.Rent(count), count);

    public Span<byte> From(int offset) => array.AsSpan(offset, count - offset);

    public Segment First(int bytes) => new(array, bytes);

    public void Return() => ArrayPool<byte>.Shared.Return(array);
}
