using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Msgc.Reactive.Operators;

/// <summary>
/// Where timers wait of which there are thousands, two to a connection: all that are due at one moment have one scheduled item together.
/// The system's timers, one each, are walked through again and again, and took a tenth of the processor's time and a tenth of the memory
/// that idle connections take. What is due is scheduled apart, so that nobody waits for another one's handler.
/// </summary>
internal static class TimerGrid
{
    /// <summary>A moment nearer than this is kept when nobody waits for it any more: somebody soon will, or else it is over soon.</summary>
    private static readonly TimeSpan Near = TimeSpan.FromMinutes(2);

    private static readonly Lock Gate = new();
    private static readonly Dictionary<(IScheduler, TimeSpan), Moment> Moments = [];

    /// <summary>Fires the timer after the wait. Disposed of in the very moment it may be fired still: the generation tells.</summary>
    /// <param name="timer">The timer.</param>
    /// <param name="generation">What it is told when it fires.</param>
    /// <param name="scheduler">The clock, and where it fires.</param>
    /// <param name="now">The time by a stopwatch of that clock, the same one for all, since the time of day may be set.</param>
    /// <param name="wait">How long; together with <paramref name="now"/> a moment that others share.</param>
    public static IDisposable Schedule(IGridTimer timer, int generation, IScheduler scheduler, TimeSpan now, TimeSpan wait)
    {
        lock (Gate)
        {
            var at = (scheduler, now + wait);
            if (!Moments.TryGetValue(at, out var moment)) Moments.Add(at, moment = new Moment(scheduler, now + wait, wait));
            return new Waiting(timer, generation, moment);
        }
    }

    /// <summary>Who waits for it, linked, since they come and go. Changed under the gate, and not at all once it is over.</summary>
    private sealed class Moment
    {
        private readonly IScheduler _scheduler;
        private readonly TimeSpan _at;
        private readonly bool _isNear;
        private readonly IDisposable _item;

        public Moment(IScheduler scheduler, TimeSpan at, TimeSpan wait)
        {
            (_scheduler, _at, _isNear) = (scheduler, at, wait <= Near);
            // Others wait here, too: nobody's context is theirs.
            using (ExecutionContext.IsFlowSuppressed() ? default(IDisposable) : ExecutionContext.SuppressFlow())
                _item = scheduler.Schedule(this, wait, static (_, moment) => moment.Fire());
        }

        public Waiting? First { get; set; }

        public bool IsOver { get; private set; }

        /// <summary>Somebody does not wait any more.</summary>
        public void Left()
        {
            if (First is not null || _isNear) return;
            End();
            _item.Dispose();
        }

        private Waiting? End()
        {
            IsOver = true;
            Moments.Remove((_scheduler, _at));
            return First;
        }

        private IDisposable Fire()
        {
            Waiting? due;
            lock (Gate) due = IsOver ? null : End();
            while (due is not null)
            {
                var next = due.Unlink();
                _scheduler.Schedule(due, static (_, timer) => timer.Fire());
                due = next;
            }
            return Disposable.Empty;
        }
    }

    private sealed class Waiting : IDisposable
    {
        private readonly IGridTimer _timer;
        private readonly int _generation;
        private readonly Moment _moment;
        private Waiting? _previous;
        private Waiting? _next;
        private bool _isGone;

        public Waiting(IGridTimer timer, int generation, Moment moment)
        {
            (_timer, _generation, _moment) = (timer, generation, moment);
            _next = moment.First;
            if (_next is not null) _next._previous = this;
            moment.First = this;
        }

        /// <summary>Keeps nobody else alive any longer; returns the next one.</summary>
        public Waiting? Unlink()
        {
            var next = _next;
            (_previous, _next) = (null, null);
            return next;
        }

        public IDisposable Fire()
        {
            _timer.Fire(_generation);
            return Disposable.Empty;
        }

        public void Dispose()
        {
            lock (Gate)
            {
                if (_isGone || _moment.IsOver) return;
                _isGone = true;
                if (_previous is not null) _previous._next = _next;
                else _moment.First = _next;
                if (_next is not null) _next._previous = _previous;
                Unlink();
                _moment.Left();
            }
        }
    }
}
