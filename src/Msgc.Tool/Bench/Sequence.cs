namespace Msgc.Tool.Bench;

/// <summary>
/// Checks what one subscriber receives of one publisher in one group: each number from 0 once, in order. Numbers come from one thread at a
/// time; the counts may be read by any.
/// </summary>
internal sealed class Sequence
{
    // Ascending, and empty unless something is wrong.
    private readonly List<(long First, long Last)> _holes = [];
    private long _next;
    private long _delivered;
    private long _duplicated;
    private long _outOfOrder;
    private long _gaps;

    /// <summary>Different numbers that have come.</summary>
    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>Numbers that came again.</summary>
    public long Duplicated => Volatile.Read(ref _duplicated);

    /// <summary>Numbers that came after a higher one.</summary>
    public long OutOfOrder => Volatile.Read(ref _outOfOrder);

    /// <summary>How often one or more numbers in a row are missing, of so many published.</summary>
    public long Gaps(long published) => Volatile.Read(ref _gaps) + (Volatile.Read(ref _next) < published ? 1 : 0);

    public void Add(long number)
    {
        if (number < _next)
        {
            Late(number);
            return;
        }
        if (number > _next)
        {
            _holes.Add((_next, number - 1));
            Volatile.Write(ref _gaps, _holes.Count);
        }
        Volatile.Write(ref _next, number + 1);
        Volatile.Write(ref _delivered, _delivered + 1);
    }

    private void Late(long number)
    {
        var at = _holes.FindIndex(hole => hole.First <= number && number <= hole.Last);
        if (at < 0)
        {
            Volatile.Write(ref _duplicated, _duplicated + 1);
            return;
        }
        var (first, last) = _holes[at];
        _holes.RemoveAt(at);
        if (number < last) _holes.Insert(at, (number + 1, last));
        if (first < number) _holes.Insert(at, (first, number - 1));
        Volatile.Write(ref _gaps, _holes.Count);
        Volatile.Write(ref _outOfOrder, _outOfOrder + 1);
        Volatile.Write(ref _delivered, _delivered + 1);
    }
}
