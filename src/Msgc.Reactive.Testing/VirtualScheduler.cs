using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Msgc.Reactive.Testing;

/// <summary>
/// Virtual time on a heap: two to three times as fast as <c>TestScheduler</c> with many timers outstanding, and with its units: one
/// tick is 100 ns, and <c>Now</c> is the clock as ticks in UTC. It belongs to one thread, the one that created it or advanced it last.
/// </summary>
/// <remarks>
/// <para>Work due on the same tick runs in the order in which it was scheduled. Unlike under <c>TestScheduler</c>, work that is due
/// now or earlier runs on this tick, behind what is queued for it. Cancelled work is skipped when due.</para>
/// <para>When an action throws, the scheduler stops, the exception leaves the <c>Advance</c> or <c>Start</c> in progress at the time of
/// the failed action, and a later call goes on from there.</para>
/// <para>Work scheduled from another thread is not run: the <c>Advance</c> or <c>Start</c> in progress, or else the next, throws
/// <see cref="InvalidOperationException"/> with that thread's stack trace.</para>
/// </remarks>
public sealed class VirtualScheduler : VirtualTimeSchedulerBase<long, long>
{
    private readonly PriorityQueue<Item, Due> _queue = new();
    private readonly ThreadGuard _guard = new("Work was scheduled");
    private long _scheduled;

    /// <summary>Makes one whose clock stands at 0.</summary>
    public VirtualScheduler()
    {
    }

    /// <summary>Makes one whose clock stands at that many ticks.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public VirtualScheduler(long initialClock)
        : base(NotNegative(initialClock), Comparer<long>.Default)
    {
    }

    /// <summary>Items in the queue, cancelled ones that are not due yet included.</summary>
    public int Outstanding => _queue.Count;

    /// <inheritdoc/>
    public override IDisposable ScheduleAbsolute<TState>(TState state, long dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (!_guard.Admits()) return Disposable.Empty;
        var item = new Item<TState>(this, state, Math.Max(dueTime, Clock), action);
        _queue.Enqueue(item, new Due(item.DueTime, _scheduled++));
        return item;
    }

    /// <inheritdoc/>
    protected override IScheduledItem<long>? GetNext()
    {
        _guard.Enter();
        if (_guard.Offence() is { } offence)
        {
            Stop();
            throw offence;
        }
        while (_queue.TryPeek(out var next, out _))
        {
            if (!next.IsCancelled) return next;
            _queue.Dequeue();
        }
        return null;
    }

    /// <inheritdoc/>
    protected override long Add(long absolute, long relative) =>
        relative > 0 && absolute > long.MaxValue - relative ? long.MaxValue : absolute + relative;

    /// <inheritdoc/>
    protected override DateTimeOffset ToDateTimeOffset(long absolute) => new(absolute, TimeSpan.Zero);

    /// <inheritdoc/>
    protected override long ToRelative(TimeSpan timeSpan) => timeSpan.Ticks;

    private static long NotNegative(long clock)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(clock, nameof(clock));
        return clock;
    }

    private readonly record struct Due(long Time, long Order) : IComparable<Due>
    {
        public int CompareTo(Due other) => Time != other.Time ? Time.CompareTo(other.Time) : Order.CompareTo(other.Order);
    }

    private abstract class Item(long dueTime) : IScheduledItem<long>, IDisposable
    {
        public long DueTime => dueTime;

        public abstract bool IsCancelled { get; }

        public abstract void Invoke();

        public abstract void Dispose();
    }

    private sealed class Item<TState>(VirtualScheduler scheduler, TState state, long dueTime, Func<IScheduler, TState, IDisposable> action)
        : Item(dueTime)
    {
        private static readonly IDisposable _cancelled = Disposable.Create(static () => { });
        private TState _state = state;
        private Func<IScheduler, TState, IDisposable>? _action = action;
        private IDisposable? _inner;

        public override bool IsCancelled => ReferenceEquals(Volatile.Read(ref _inner), _cancelled);

        /// <summary>Called right after <see cref="GetNext"/> gave this item, which therefore heads the queue.</summary>
        public override void Invoke()
        {
            scheduler._queue.Dequeue();
            try
            {
                Run();
            }
            catch
            {
                // The base would stay "running" for ever and refuse each later Advance.
                scheduler.Stop();
                throw;
            }
        }

        public override void Dispose()
        {
            var inner = Interlocked.Exchange(ref _inner, _cancelled);
            _action = null; // a cancelled item stays queued until due: it must not keep its state alive
            _state = default!;
            inner?.Dispose();
        }

        private void Run()
        {
            if (_action is not { } run) return;
            var inner = run(scheduler, _state);
            if (Interlocked.CompareExchange(ref _inner, inner, null) is not null) inner?.Dispose();
        }
    }
}
