// source       --abc (full) ......... d---|
// observer     ---a    b    (room)  c  d---|

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reactive.Concurrency;

namespace Msgc.Reactive.Operators;

/// <summary>
/// The handover for a source that can pause: it is told when the queue is full, and again when it is down to half. The source puts in
/// nothing while it is told so, hence the bound. Nothing is dropped.
/// </summary>
internal sealed class WaitingHandover<T>(IObserver<T> observer, IScheduler scheduler, int capacity, Action full, Action room) : Handover<T>(observer, scheduler)
{
    private readonly ConcurrentQueue<T> _queue = new();
    private int _count;
    private int _isFull;

    protected override bool IsEmpty => _queue.IsEmpty;

    public override void OnNext(T value)
    {
        if (Stopped) return;
        _queue.Enqueue(value);
        if (Interlocked.Increment(ref _count) >= capacity)
        {
            // In this order: a taker that empties the queue before the mark is set has told nobody, and is looked for below.
            full();
            Interlocked.Exchange(ref _isFull, 1);
            if (Volatile.Read(ref _count) <= capacity / 2) Empty();
        }
        Wake();
    }

    protected override bool TryTake([MaybeNullWhen(false)] out T value)
    {
        if (!_queue.TryDequeue(out value)) return false;
        if (Interlocked.Decrement(ref _count) <= capacity / 2) Empty();
        return true;
    }

    private void Empty()
    {
        if (Volatile.Read(ref _isFull) != 0 && Interlocked.Exchange(ref _isFull, 0) == 1) room();
    }
}
