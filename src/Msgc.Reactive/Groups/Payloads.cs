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

    /// <summary>A copy that nothing changes any more.</summary>
    public ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > LargestShared) return payload.ToArray();
        if (_chunk.Length - _used < payload.Length)
        {
            _chunk = GC.AllocateUninitializedArray<byte>(Math.Max(Math.Clamp(2 * _chunk.Length, SmallestChunk, LargestChunk), payload.Length));
            _used = 0;
        }
        payload.CopyTo(_chunk.AsSpan(_used));
        var kept = new ReadOnlyMemory<byte>(_chunk, _used, payload.Length);
        _used += payload.Length;
        return kept;
    }
}
