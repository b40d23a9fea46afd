namespace Msgc.Reactive.Sessions;

/// <summary>
/// How long the oldest message in a queue has been there, as far as those who look can know: each look leaves a mark, and the oldest mark
/// whose messages have not all left yet tells the age, at most by the time between two looks too little. So sending costs nothing for it.
/// </summary>
internal sealed class QueueAge
{
    private const int MaxMarks = 64;

    private readonly Lock _gate = new();
    private readonly Queue<(long Queued, TimeSpan Time)> _marks = new();

    /// <summary>Looks, and leaves a mark.</summary>
    /// <param name="sent">How many messages have ever left the queue.</param>
    /// <param name="queued">How many are in it.</param>
    /// <param name="now">The time.</param>
    public TimeSpan Look(long sent, int queued, TimeSpan now)
    {
        lock (_gate)
        {
            while (_marks.TryPeek(out var oldest) && oldest.Queued <= sent) _marks.Dequeue();
            var age = _marks.TryPeek(out var first) ? now - first.Time : TimeSpan.Zero;
            if (queued > 0 && _marks.Count < MaxMarks) _marks.Enqueue((sent + queued, now));
            return age;
        }
    }
}
