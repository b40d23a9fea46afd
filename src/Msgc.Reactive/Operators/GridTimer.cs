using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Msgc.Reactive.Operators;

/// <summary>
/// A timer of which there are thousands, two to a connection: all that are due at one moment have one scheduled item together. The system's
/// timers, one each, are walked through again and again, and took a tenth of the processor's time and a tenth of the memory that idle
/// connections take. The timers are links of their moments' lists themselves and are queued as they are, so that waiting and firing allocate
/// nothing: what did took another tenth, in collections. Each is queued apart, so that nobody waits for another one's handler.
/// </summary>
internal abstract class GridTimer : IThreadPoolWorkItem
{
    /// <summary>A moment nearer than this is kept when nobody waits for it any more: somebody soon will, or else it is over soon.</summary>
    private static readonly TimeSpan Near = TimeSpan.FromMinutes(2);

    private static readonly Lock Gate = new(); // guards what follows, and the moments
    private static readonly Dictionary<(IScheduler, TimeSpan), Moment> Moments = [];

    private Moment? _moment;
    private GridTimer? _previous;
    private GridTimer? _next;

    /// <summary>
    /// Its time has come: called on the scheduler, without anybody's context. It was queued before, and may have been cancelled, set again
    /// and even queued again meanwhile, so it must look whether there is something to do.
    /// </summary>
    public abstract void Execute();

    /// <summary>Waits anew, and no more for what it waited for before.</summary>
    /// <param name="scheduler">The clock, and where it fires: the thread pool itself for the default scheduler.</param>
    /// <param name="now">The time by a stopwatch of that clock, the same one for all, since the time of day may be set.</param>
    /// <param name="wait">How long; together with <paramref name="now"/> a moment that others share.</param>
    protected void WaitOnGrid(IScheduler scheduler, TimeSpan now, TimeSpan wait)
    {
        lock (Gate)
        {
            _moment?.Leave(this);
            var at = (scheduler, now + wait);
            if (!Moments.TryGetValue(at, out var moment)) Moments.Add(at, moment = new Moment(scheduler, now + wait, wait));
            moment.Enter(this);
        }
    }

    /// <summary>Waits no more. Not called side by side with <see cref="WaitOnGrid"/>.</summary>
    protected void CancelOnGrid()
    {
        if (Volatile.Read(ref _moment) is null) return; // only it itself begins to wait
        lock (Gate) _moment?.Leave(this);
    }

    /// <summary>Who waits for it, linked, since they come and go.</summary>
    private sealed class Moment
    {
        private readonly IScheduler _scheduler;
        private readonly TimeSpan _at;
        private readonly bool _isNear;
        private readonly IDisposable _item;
        private GridTimer? _first;
        private bool _isOver;

        public Moment(IScheduler scheduler, TimeSpan at, TimeSpan wait)
        {
            (_scheduler, _at, _isNear) = (scheduler, at, wait <= Near);
            // Others wait here, too: nobody's context is theirs.
            using (ExecutionContext.IsFlowSuppressed() ? default(IDisposable) : ExecutionContext.SuppressFlow())
                _item = scheduler.Schedule(this, wait, static (_, moment) => moment.Fire());
        }

        public void Enter(GridTimer timer)
        {
            (timer._moment, timer._next) = (this, _first);
            if (_first is not null) _first._previous = timer;
            _first = timer;
        }

        public void Leave(GridTimer timer)
        {
            Unlink(timer);
            if (_first is not null || _isNear || _isOver) return;
            End();
            _item.Dispose();
        }

        private void Unlink(GridTimer timer)
        {
            if (timer._previous is not null) timer._previous._next = timer._next;
            else _first = timer._next;
            if (timer._next is not null) timer._next._previous = timer._previous;
            (timer._moment, timer._previous, timer._next) = (null, null, null);
        }

        private void End()
        {
            _isOver = true;
            Moments.Remove((_scheduler, _at));
        }

        private IDisposable Fire()
        {
            lock (Gate)
            {
                if (!_isOver) End();
            }
            while (TryTake() is { } due)
            {
                if (_scheduler is DefaultScheduler) ThreadPool.UnsafeQueueUserWorkItem(due, preferLocal: false);
                else _scheduler.Schedule(due, static (_, timer) => Run(timer));
            }
            return Disposable.Empty;
        }

        private GridTimer? TryTake()
        {
            lock (Gate)
            {
                var first = _first;
                if (first is not null) Unlink(first);
                return first;
            }
        }

        private static IDisposable Run(GridTimer timer)
        {
            timer.Execute();
            return Disposable.Empty;
        }
    }
}
