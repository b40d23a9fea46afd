namespace Msgc.Reactive.Testing.Network;

/// <summary>The caller's list of one send, and how far it has been accepted.</summary>
internal struct Batch(IList<ArraySegment<byte>> list)
{
    private int _index;
    private int _offset;

    public long Remaining { get; private set; } = Total(list);

    public readonly bool IsNone => list is null;

    /// <summary>Copies the next bytes, at most so many.</summary>
    public Segment Take(int limit, SegmentPool pool)
    {
        var segment = pool.Rent((int)Math.Min(limit, Remaining));
        var target = segment.From(0);
        Remaining -= target.Length;
        while (target.Length > 0)
        {
            var part = list[_index].AsSpan(_offset);
            if (part.Length > target.Length)
            {
                part[..target.Length].CopyTo(target);
                _offset += target.Length;
                break;
            }
            part.CopyTo(target);
            target = target[part.Length..];
            _index++;
            _offset = 0;
        }
        return segment;
    }

    private static long Total(IList<ArraySegment<byte>> list)
    {
        var total = 0L;
        for (var i = 0; i < list.Count; i++) total += list[i].Count;
        return total;
    }
}
