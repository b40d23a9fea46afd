namespace Msgc.Reactive.Groups;

/// <summary>
/// Where a client's received payloads stay: garbage-collected memory that is never written twice, small payloads side by side. The first
/// chunks are small, so that a client that hears little holds little. One turn at a time.
/// </summary>
internal sealed class Payloads
{
    private const int SmallestChunk = 1024;

    /// <summary>Below the size from which the runtime puts arrays on the large object heap.</summary>
    private const int LargestChunk = 64 * 1024;

    /// <summary>Larger payloads stay by themselves, so that little of a chunk is left over.</summary>
    private const int LargestShared = LargestChunk / 16;

    private byte[] _chunk = [];
    private int _used;

    /// <summary>Memory that nothing changes any more, but for the caller's writing the payload to it through <paramref name="target"/>.</summary>
    public ReadOnlyMemory<byte> Reserve(int length, out Span<byte> target)
    {
        if (length > LargestShared)
        {
            var own = GC.AllocateUninitializedArray<byte>(length);
            target = own;
            return own;
        }
        if (_chunk.Length - _used < length)
        {
            _chunk = GC.AllocateUninitializedArray<byte>(Math.Max(Math.Clamp(2 * _chunk.Length, SmallestChunk, LargestChunk), length));
            _used = 0;
        }
        var reserved = new ReadOnlyMemory<byte>(_chunk, _used, length);
        target = _chunk.AsSpan(_used, length);
        _used += length;
        return reserved;
    }
}
