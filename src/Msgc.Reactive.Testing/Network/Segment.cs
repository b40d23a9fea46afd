namespace Msgc.Reactive.Testing.Network;

/// <summary>A run of bytes in an array of a <see cref="SegmentPool"/>; the default value stands for the end of the stream.</summary>
internal readonly struct Segment(byte[] array, int count)
{
    public byte[] Array => array;

    public int Count => count;

    public bool IsEnd => array is null;

    public Segment First(int bytes) => new(array, bytes);

    public Span<byte> From(int offset) => array.AsSpan(offset, count - offset);
}
