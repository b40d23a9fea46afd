namespace Msgc.Reactive.Testing.Network;

/// <summary>A way of limited bandwidth: one segment after the other.</summary>
internal struct Wire
{
    private long _freeAt; // when all that waits has left
    private long _bytesPerSecond; // at which that was reckoned

    /// <summary>When a segment that comes now has left, whole ticks rounded up.</summary>
    public long Departure(long now, int bytes, long bytesPerSecond)
    {
        // What waits leaves when it was told to; for what follows it counts at the bandwidth that holds now.
        if (_freeAt > now && bytesPerSecond != _bytesPerSecond) _freeAt = now + Scale(_freeAt - now, _bytesPerSecond, bytesPerSecond);
        _bytesPerSecond = bytesPerSecond;
        _freeAt = Math.Max(now, _freeAt) + Scale(bytes, TimeSpan.TicksPerSecond, bytesPerSecond);
        return _freeAt;
    }

    private static long Scale(long value, long by, long per) => (long)(((Int128)value * by + per - 1) / per);
}
