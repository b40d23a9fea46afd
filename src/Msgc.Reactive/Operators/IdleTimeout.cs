// source     --a----b------|          suspended  ---------T------F---
// timeout 4  --a----b---X             source     --a-----------------
//                       Idle          timeout 4  --a----------------X

using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace Msgc.Reactive.Operators;

/// <summary>The operators that a connection's life is composed of, and those that stand between a fast source and a slow observer.</summary>
public static partial class MsgcObservable
{
    /// <summary>
    /// Passes everything on, and ends with <see cref="MsgcCause.Idle"/> when no element came for the timeout (contract, "§2"). The clock
    /// starts at subscription. An element on the very tick of the deadline wins. Time inside the observer's <c>OnNext</c> does not count:
    /// the clock starts anew when that returns.
    /// </summary>
    /// <param name="source">What must not fall silent; disposed before the error goes out.</param>
    /// <param name="timeout">
    /// The timeout, from its latest element on, relative to the last activity; none yet means never. Positive, or
    /// <see cref="Timeout.InfiniteTimeSpan"/> for never. Its completion does not matter.
    /// </param>
    /// <param name="scheduler">The clock. On the default scheduler deadlines are late by at most 250 ms and a twentieth of the time, so that many wake together.</param>
    /// <param name="suspended">While its latest element is true the timeout does not run; at false it starts from zero.</param>
    /// <returns>
    /// The source's elements and end, or a <see cref="MsgcConnectionException"/> with <see cref="MsgcCause.Idle"/> that names the time, or
    /// an error of <paramref name="timeout"/> or <paramref name="suspended"/>.
    /// </returns>
    public static IObservable<T> IdleTimeout<T>(
        this IObservable<T> source, IObservable<TimeSpan> timeout, IScheduler scheduler, IObservable<bool>? suspended = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(timeout);
        ArgumentNullException.ThrowIfNull(scheduler);
        return Observable.Create<T>(observer =>
        {
            var sink = new IdleTimeoutObserver<T>(observer, scheduler);
            sink.Run(source, timeout, suspended);
            return sink;
        });
    }

    /// <summary>As <see cref="IdleTimeout{T}(IObservable{T}, IObservable{TimeSpan}, IScheduler, IObservable{bool})"/>, with one timeout for life.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is neither positive nor infinite.</exception>
    public static IObservable<T> IdleTimeout<T>(this IObservable<T> source, TimeSpan timeout, IScheduler scheduler)
    {
        QuietTimer.ThrowUnlessValid(timeout, nameof(timeout));
        return source.IdleTimeout(Observable.Return(timeout, ImmediateScheduler.Instance), scheduler);
    }

    // An own observer, since the timer is armed lazily, an element allocates nothing, and upstream is disposed before the error goes out.
    private sealed class IdleTimeoutObserver<T> : IObserver<T>, ITimed, IDisposable
    {
        private readonly IObserver<T> _observer;
        private readonly QuietTimer _timer;
        private readonly SingleAssignmentDisposable _upstream = new();
        private readonly SingleAssignmentDisposable _timeout = new();
        private readonly SingleAssignmentDisposable _suspended = new();
        private Exception? _settingsError;
        private int _depth;

        public IdleTimeoutObserver(IObserver<T> observer, IScheduler scheduler)
        {
            _observer = observer;
            _timer = new QuietTimer(scheduler, TimedOut, repeats: false);
        }

        public QuietTimer Timer => _timer;

        public void Run(IObservable<T> source, IObservable<TimeSpan> timeout, IObservable<bool>? suspended)
        {
            if (suspended is not null)
                _suspended.Disposable = suspended.Subscribe(new SuspensionObserver(this));
            _timeout.Disposable = timeout.Subscribe(new IntervalObserver(this));
            _upstream.Disposable = source.SubscribeSafe(this);
        }

        public void OnNext(T value)
        {
            if (_depth == 0 && !_timer.TryEnter())
                return;
            _depth++; // a source that emits from inside its own OnNext leaves once, with the outermost
            try
            {
                _observer.OnNext(value);
            }
            finally
            {
                if (--_depth == 0)
                    _timer.Exit();
            }

            if (Volatile.Read(ref _settingsError) is not null)
                EndWithSettingsError();
        }

        public void OnError(Exception error)
        {
            if (_timer.TryEnd())
                End(error);
        }

        public void OnCompleted()
        {
            if (_timer.TryEnd())
                End(null);
        }

        // May come from another thread while an element is handled: then the element's thread ends the sequence.
        public void SettingsFailed(Exception error)
        {
            Interlocked.CompareExchange(ref _settingsError, error, null);
            EndWithSettingsError();
        }

        public void Dispose()
        {
            _timer.Dispose();
            _upstream.Dispose();
            _timeout.Dispose();
            _suspended.Dispose();
        }

        private void TimedOut() =>
            End(new MsgcConnectionException(MsgcCause.Idle, $"Nothing was received for {_timer.Interval}, the idle timeout."));

        private void EndWithSettingsError()
        {
            if (_timer.TryEnd(evenBusy: false))
                End(_settingsError);
        }

        private void End(Exception? error)
        {
            Dispose();
            if (error is null)
                _observer.OnCompleted();
            else
                _observer.OnError(error);
        }
    }
}
