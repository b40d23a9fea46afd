using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Msgc.Reactive.Testing;

/// <summary>
/// A scheduler's time as a <see cref="TimeProvider"/>: with it <c>Task.Delay(delay, provider)</c> and
/// <c>new CancellationTokenSource(delay, provider)</c> follow virtual time. Callbacks run in scheduled actions with no synchronization
/// context current, so that continuations that captured none run there too instead of on the thread pool.
/// </summary>
public sealed class VirtualTimeProvider : TimeProvider
{
    private readonly IScheduler _scheduler;

    /// <summary>Makes one over the scheduler.</summary>
    public VirtualTimeProvider(IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        _scheduler = scheduler;
    }

    /// <summary>UTC: a run must not depend on where it runs.</summary>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Ten million: timestamps are the scheduler's ticks.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _scheduler.Now;

    /// <inheritdoc/>
    public override long GetTimestamp() => _scheduler.Now.UtcTicks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ScheduledTimer(_scheduler, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class ScheduledTimer(IScheduler scheduler, TimerCallback callback, object? state) : ITimer
    {
        private IDisposable? _next;
        private TimeSpan _period;
        private int _armed;
        private bool _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Check(dueTime);
            Check(period);
            if (_disposed) return false;
            _period = period;
            Disarm();
            if (dueTime != Timeout.InfiniteTimeSpan) Arm(dueTime);
            return true;
        }

        public void Dispose()
        {
            _disposed = true;
            Disarm();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private static void Check(TimeSpan time, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(time))] string? name = null)
        {
            if (time != Timeout.InfiniteTimeSpan) ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, name);
        }

        private void Disarm()
        {
            _armed++;
            _next?.Dispose();
            _next = null;
        }

        private void Arm(TimeSpan delay) =>
            _next = scheduler.Schedule((Timer: this, Armed: _armed), delay, static (_, due) => due.Timer.Fire(due.Armed));

        private IDisposable Fire(int armed)
        {
            // The number tells a timer changed since, even under a scheduler that cannot cancel what is due on this tick.
            if (armed != _armed) return Disposable.Empty;
            if (_period > TimeSpan.Zero) Arm(_period);
            var previous = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            try
            {
                callback(state);
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(previous);
            }
            return Disposable.Empty;
        }
    }
}
