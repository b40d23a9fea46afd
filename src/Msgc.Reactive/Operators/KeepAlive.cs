// sent         --x---x-----------------x---------|
// interval 5   ----------------------------------|      emits nothing
// calls send              !    !    !       !

using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace Msgc.Reactive.Operators;

public static partial class MsgcObservable
{
    /// <summary>
    /// Calls <paramref name="send"/> whenever nothing was sent for the interval (contract, "§2"). The clock starts at subscription; each
    /// call counts as sent, so a silent source is answered at once, twice, three times the interval and so on.
    /// </summary>
    /// <param name="sent">One element for whatever was sent.</param>
    /// <param name="interval">
    /// The interval, from its latest element on, relative to what was sent last; none yet means never. Positive, or
    /// <see cref="Timeout.InfiniteTimeSpan"/> for never. Its completion does not matter.
    /// </param>
    /// <param name="send">Sends something; called on the scheduler, one call at a time. It may make <paramref name="sent"/> emit.</param>
    /// <param name="scheduler">The clock. On the default scheduler deadlines are late by at most 250 ms and a twentieth of the time, so that many wake together.</param>
    /// <returns>No elements: only the end of <paramref name="sent"/>, or an error of <paramref name="interval"/> or <paramref name="send"/>.</returns>
    public static IObservable<T> KeepAlive<T>(this IObservable<T> sent, IObservable<TimeSpan> interval, Action send, IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(sent);
        ArgumentNullException.ThrowIfNull(interval);
        ArgumentNullException.ThrowIfNull(send);
        ArgumentNullException.ThrowIfNull(scheduler);
        return Observable.Create<T>(observer =>
        {
            var sink = new KeepAliveObserver<T>(observer, send, scheduler);
            sink.Run(sent, interval);
            return sink;
        });
    }

    /// <summary>As <see cref="KeepAlive{T}(IObservable{T}, IObservable{TimeSpan}, Action, IScheduler)"/>, with one interval for life.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The interval is neither positive nor infinite.</exception>
    public static IObservable<T> KeepAlive<T>(this IObservable<T> sent, TimeSpan interval, Action send, IScheduler scheduler)
    {
        QuietTimer.ThrowUnlessValid(interval, nameof(interval));
        return sent.KeepAlive(Observable.Return(interval, ImmediateScheduler.Instance), send, scheduler);
    }

    // An own observer, since the timer is armed lazily, an element allocates nothing, and upstream is disposed before the end goes out.
    private sealed class KeepAliveObserver<T> : IObserver<T>, ITimed, IDisposable
    {
        private readonly IObserver<T> _observer;
        private readonly Action _send;
        private readonly QuietTimer _timer;
        private readonly SingleAssignmentDisposable _upstream = new();
        private readonly SingleAssignmentDisposable _interval = new();

        public KeepAliveObserver(IObserver<T> observer, Action send, IScheduler scheduler)
        {
            _observer = observer;
            _send = send;
            _timer = new QuietTimer(scheduler, Send, repeats: true);
        }

        public QuietTimer Timer => _timer;

        public void Run(IObservable<T> sent, IObservable<TimeSpan> interval)
        {
            _interval.Disposable = interval.Subscribe(new IntervalObserver(this));
            _upstream.Disposable = sent.SubscribeSafe(this);
        }

        public void OnNext(T value) => _timer.Mark();

        public void OnError(Exception error)
        {
            if (_timer.TryEnd())
            {
                Dispose();
                _observer.OnError(error);
            }
        }

        public void SettingsFailed(Exception error) => OnError(error);

        public void OnCompleted()
        {
            if (_timer.TryEnd())
            {
                Dispose();
                _observer.OnCompleted();
            }
        }

        public void Dispose()
        {
            _timer.Dispose();
            _upstream.Dispose();
            _interval.Dispose();
        }

        private void Send()
        {
            try
            {
                _send();
            }
            catch (Exception error)
            {
                OnError(error);
            }
        }
    }
}
