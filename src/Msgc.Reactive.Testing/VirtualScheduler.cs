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
public sealed class VirtualScheduler : VirtualTimeSchedulerBase<long, long>, IScheduler
{
    private readonly PriorityQueue<Item, Due> _later = new();
    private readonly Queue<(Item Item, long Time)> _now = new(); // due when scheduled, as most are: in order as they come, without a heap's price
    private readonly ThreadGuard _guard = new("Work was scheduled");
    private long _scheduled;
    private bool _isNowFirst;

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
    public int Outstanding => _later.Count + _now.Count;

    /// <inheritdoc/>
    public override IDisposable ScheduleAbsolute<TState>(TState state, long dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Enqueue(state, dueTime, action);

    IDisposable IScheduler.Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => Enqueue(state, Clock, action);

    IDisposable IScheduler.Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Enqueue(state, Add(Clock, dueTime.Ticks), action);

    private IDisposable Enqueue<TState>(TState state, long dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (!_guard.Admits()) return Disposable.Empty;
        var now = Clock;
        var item = new Item<TState>(this, state, Math.Max(dueTime, now), action);
        if (dueTime > now) _later.Enqueue(item, new Due(dueTime, _scheduled++));
        else _now.Enqueue((item, now));
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
        Item? next;
        while ((next = First()) is { IsCancelled: true }) RemoveFirst();
        return next;
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

    private Item? First()
    {
        var hasLater = _later.TryPeek(out var later, out var due);
        // On one tick, what was scheduled earlier for later comes before what was scheduled for now.
        _isNowFirst = _now.TryPeek(out var now) && !(hasLater && due.Time <= now.Time);
        return _isNowFirst ? now.Item : later;
    }

    /// <summary>Takes what <see cref="First"/> has just given.</summary>
    private void RemoveFirst()
    {
        if (_isNowFirst) _now.Dequeue();
        else _later.Dequeue();
    }

    private readonly record struct Due(long Time, long Order) : IComparable<Due>
    {
        public int CompareTo(Due other) => Time != other.Time ? Time.CompareTo(other.Time) : Order.CompareTo(other.Order);
    }

    private abstract class Item(long dueTime) : IScheduledItem<long>, IDisposable
    {
        private static readonly IDisposable _cancelled = Disposable.Create(static () => { });
        private IDisposable? _inner;

        public long DueTime => dueTime;

        public bool IsCancelled => ReferenceEquals(Volatile.Read(ref _inner), _cancelled);

        public abstract void Invoke();

        public void Dispose()
        {
            var inner = Interlocked.Exchange(ref _inner, _cancelled);
            Forget();
            inner?.Dispose();
        }

        /// <summary>A cancelled item stays queued until due: it must not keep its state alive.</summary>
        protected abstract void Forget();

        /// <summary>What the action returned: it is disposed with the item.</summary>
        protected void Keep(IDisposable inner)
        {
            if (ReferenceEquals(inner, Disposable.Empty)) return;
            if (Interlocked.CompareExchange(ref _inner, inner, null) is not null) inner?.Dispose();
        }
    }

    private sealed class Item<TState>(VirtualScheduler scheduler, TState state, long dueTime, Func<IScheduler, TState, IDisposable> action)
        : Item(dueTime)
    {
        private TState _state = state;
        private Func<IScheduler, TState, IDisposable>? _action = action;

        /// <summary>Called right after <see cref="GetNext"/> gave this item, which therefore comes first.</summary>
        public override void Invoke()
        {
            scheduler.RemoveFirst();
            try
            {
                if (_action is { } run) Keep(run(scheduler, _state));
            }
            catch
            {
                // The base would stay "running" for ever and refuse each later Advance.
                scheduler.Stop();
                throw;
            }
        }

        protected override void Forget()
        {
            _action = null;
            _state = default!;
        }
    }
}
