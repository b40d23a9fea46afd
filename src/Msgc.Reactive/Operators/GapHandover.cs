// source                 --a-b-c-d-e-------f--|
// observer busy            [a        ]
// 2, DropOldest          --a----------2de---f--|      a number: so many were dropped here
// 2, DropNewest          --a----------b2e---f--|
// 2, DropWrite           --a----------bc2---f--|

using System.Diagnostics.CodeAnalysis;
using System.Reactive.Concurrency;
using System.Threading.Channels;

namespace Msgc.Reactive.Operators;

/// <summary>
/// The handover that says in place how much it has dropped: for sequences that can carry such news. What is dropped may be such news
/// itself: <paramref name="lost"/> says for how much an element stands, null for nobody knows.
/// </summary>
internal sealed class GapHandover<T>(
    IObserver<T> observer, IScheduler scheduler, int capacity, BoundedChannelFullMode mode, Func<T, long?> lost, Func<long?, T> gap)
    : Handover<T>(observer, scheduler)
{
    private const long Unknown = long.MaxValue;

    private readonly Lock _gate = new();
    private readonly LinkedList<Entry> _queue = new();
    private long _droppedLast;

    protected override bool IsEmpty
    {
        get
        {
            lock (_gate) return _queue.Count == 0 && _droppedLast == 0;
        }
    }

    public override void OnNext(T value)
    {
        if (Stopped) return;
        lock (_gate)
        {
            if (_queue.Count < capacity) Add(value);
            else if (mode == BoundedChannelFullMode.DropWrite) _droppedLast = Sum(_droppedLast, Lost(value));
            else if (mode == BoundedChannelFullMode.DropNewest) DropNewest(value);
            else DropOldest(value);
        }
        Wake();
    }

    protected override bool TryTake([MaybeNullWhen(false)] out T value)
    {
        lock (_gate)
        {
            value = default;
            var first = _queue.First;
            var dropped = first?.Value.Dropped ?? _droppedLast;
            if (first is null && dropped == 0) return false;
            if (dropped > 0)
            {
                if (first is null) _droppedLast = 0;
                else first.ValueRef.Dropped = 0;
                value = gap(dropped == Unknown ? null : dropped);
                return true;
            }
            value = first!.Value.Value;
            _queue.RemoveFirst();
            return true;
        }
    }

    private void Add(T value)
    {
        _queue.AddLast(new Entry { Value = value, Dropped = _droppedLast });
        _droppedLast = 0;
    }

    private void DropNewest(T value)
    {
        _droppedLast = Sum(_droppedLast, Sum(_queue.Last!.Value.Dropped, Lost(_queue.Last.Value.Value)));
        _queue.RemoveLast();
        Add(value);
    }

    private void DropOldest(T value)
    {
        var dropped = Sum(_queue.First!.Value.Dropped, Lost(_queue.First.Value.Value));
        _queue.RemoveFirst();
        Add(value);
        ref var next = ref _queue.First!.ValueRef;
        next.Dropped = Sum(next.Dropped, dropped);
    }

    private static long Sum(long a, long b) => a == Unknown || b == Unknown ? Unknown : a + b;

    private long Lost(T value) => lost(value) ?? Unknown;

    private struct Entry
    {
        public required T Value { get; init; }

        public long Dropped { get; set; }
    }
}
