// source     -----a------b---|         source     -----------a---
// within 8   -----a------b---|         within 8   --------X
//                                                         ConnectTimeout

using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace Msgc.Reactive.Operators;

public static partial class MsgcObservable
{
    /// <summary>
    /// Passes everything on, and ends with <see cref="MsgcCause.ConnectTimeout"/> when the first element has not come in time, counted
    /// from subscription (contract, "§2"). After the first element it stays subscribed and has no timer left. An element on the very tick
    /// of the deadline wins.
    /// </summary>
    /// <param name="source">Disposed before the error goes out.</param>
    /// <param name="time">Positive, or <see cref="Timeout.InfiniteTimeSpan"/> for never.</param>
    /// <param name="scheduler">The clock. On the default scheduler deadlines are late by at most 250 ms and a twentieth of the time, so that many wake together.</param>
    /// <returns>
    /// The source's elements and end, or a <see cref="MsgcConnectionException"/> with <see cref="MsgcCause.ConnectTimeout"/> naming the time.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is neither positive nor infinite.</exception>
    public static IObservable<T> Within<T>(this IObservable<T> source, TimeSpan time, IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(scheduler);
        QuietTimer.ThrowUnlessValid(time, nameof(time));
        return Observable.Create<T>(observer =>
        {
            var sink = new WithinObserver<T>(observer, scheduler);
            sink.Run(source, time);
            return sink;
        });
    }

    // An own observer, since upstream is disposed before the error goes out, and nothing but a flag is left after the first element.
    private sealed class WithinObserver<T> : IObserver<T>, IDisposable
    {
        private readonly IObserver<T> _observer;
        private readonly QuietTimer _timer;
        private readonly SingleAssignmentDisposable _upstream = new();
        private bool _inTime;

        public WithinObserver(IObserver<T> observer, IScheduler scheduler)
        {
            _observer = observer;
            _timer = new QuietTimer(scheduler, TooLate, repeats: false);
        }

        public void Run(IObservable<T> source, TimeSpan time)
        {
            _timer.Interval = time;
            _upstream.Disposable = source.SubscribeSafe(this);
        }

        public void OnNext(T value)
        {
            if (_inTime || (_inTime = _timer.TryEnd()))
                _observer.OnNext(value);
        }

        public void OnError(Exception error)
        {
            if (!_inTime && !_timer.TryEnd())
                return;
            Dispose();
            _observer.OnError(error);
        }

        public void OnCompleted()
        {
            if (!_inTime && !_timer.TryEnd())
                return;
            Dispose();
            _observer.OnCompleted();
        }

        public void Dispose()
        {
            _timer.Dispose();
            _upstream.Dispose();
        }

        private void TooLate()
        {
            Dispose();
            _observer.OnError(new MsgcConnectionException(MsgcCause.ConnectTimeout, $"Not connected within {_timer.Interval}."));
        }
    }
}
