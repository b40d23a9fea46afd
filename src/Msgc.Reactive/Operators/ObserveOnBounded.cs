// source              --a-b-c-d-e-------f--|
// observer busy         [a        ]
// 2, DropOldest       --a----------de---f--|      dropped: b c
// 2, DropNewest       --a----------be---f--|      dropped: c d
// 2, DropWrite        --a----------bc---f--|      dropped: d e
// 2, OrFail           --a----------bcX            Overflow

using System.Diagnostics.CodeAnalysis;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Threading.Channels;

namespace Msgc.Reactive.Operators;

public static partial class MsgcObservable
{
    /// <summary>
    /// Hands elements over to the scheduler through a bounded queue that drops when full (contract, "§5"). Elements are observed there one
    /// after the other, at most 20 in one scheduled action, so that others get their turn. The end comes after all that is queued.
    /// </summary>
    /// <param name="source">Never waits for the observer.</param>
    /// <param name="capacity">How many elements may wait; the one being observed is not counted. At least 1.</param>
    /// <param name="mode">
    /// What goes when the queue is full, as <see cref="Channel"/> defines it: <see cref="BoundedChannelFullMode.DropNewest"/> the youngest
    /// that waits, <see cref="BoundedChannelFullMode.DropOldest"/> the oldest, <see cref="BoundedChannelFullMode.DropWrite"/> the new one.
    /// </param>
    /// <param name="scheduler">Where the elements are observed.</param>
    /// <param name="onDropped">Called for each dropped element, on the source's thread; what it throws goes to the source.</param>
    /// <exception cref="ArgumentException">The mode is <see cref="BoundedChannelFullMode.Wait"/>: only a source that can pause can wait.</exception>
    public static IObservable<T> ObserveOnBounded<T>(
        this IObservable<T> source, int capacity, BoundedChannelFullMode mode, IScheduler scheduler, Action<T>? onDropped = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(scheduler);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if (mode is BoundedChannelFullMode.Wait)
            throw new ArgumentException("An operator cannot make its source wait; group.Observe(capacity, Wait) and group.ReadAllAsync can.", nameof(mode));
        if (!Enum.IsDefined(mode))
            throw new ArgumentOutOfRangeException(nameof(mode), mode, "No such mode.");
        return Observable.Create<T>(observer => new BoundedHandover<T>(observer, scheduler, capacity, mode, onDropped).Run(source));
    }

    /// <summary>
    /// As <see cref="ObserveOnBounded{T}"/>, but a full queue is an error: the source is disposed at once, and after what was queued comes
    /// a <see cref="MsgcOverflowException"/>. (contract, "§5")
    /// </summary>
    /// <param name="source">Never waits for the observer.</param>
    /// <param name="capacity">How many elements may wait; the one being observed is not counted. At least 1.</param>
    /// <param name="scheduler">Where the elements are observed.</param>
    public static IObservable<T> ObserveOnBoundedOrFail<T>(this IObservable<T> source, int capacity, IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(scheduler);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return Observable.Create<T>(observer =>
            new BoundedHandover<T>(observer, scheduler, capacity, BoundedChannelFullMode.Wait, onDropped: null).Run(source));
    }

    private sealed class BoundedHandover<T>(
        IObserver<T> observer, IScheduler scheduler, int capacity, BoundedChannelFullMode mode, Action<T>? onDropped)
        : Handover<T>(observer, scheduler)
    {
        private readonly Channel<T> _queue = Channel.CreateBounded(
            new BoundedChannelOptions(capacity) { FullMode = mode, SingleReader = true, SingleWriter = true }, onDropped);

        protected override bool IsEmpty => _queue.Reader.Count == 0;

        public override void OnNext(T value)
        {
            if (Stopped)
                return;
            if (_queue.Writer.TryWrite(value)) // false in mode Wait only
                Wake();
            else
                End(new MsgcOverflowException(capacity));
        }

        protected override bool TryTake([MaybeNullWhen(false)] out T value) => _queue.Reader.TryRead(out value);
    }
}
