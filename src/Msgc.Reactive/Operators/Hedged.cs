// attempt 1  ---------------------s      slow, so joined by another after the interval
// interval 5      |
// attempt 2       ----s                  wins: the other is disposed
// result     ---------s

using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace Msgc.Reactive.Operators;

public static partial class MsgcObservable
{
    /// <summary>
    /// Joins an attempt that has not emitted after the interval by another one, and so on; the first to emit wins, and the others are
    /// disposed (contract, "§2", ReconnectInterval, where there is one server only). A failed attempt is the end when it was the only one.
    /// </summary>
    /// <param name="attempt">Subscribed once per attempt; emits once when it succeeds, then stays silent, its subscription owning what it made.</param>
    /// <param name="interval">The pause, read at each use. Positive.</param>
    /// <param name="scheduler">The clock.</param>
    /// <param name="ended">Called for each attempt that ended before another one was left alone, with its error.</param>
    /// <returns>The winner's elements and end; or the error, or completion, of the last attempt when none is left.</returns>
    public static IObservable<T> Hedged<T>(this IObservable<T> attempt, Func<TimeSpan> interval, IScheduler scheduler, Action<Exception?>? ended = null)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        ArgumentNullException.ThrowIfNull(interval);
        ArgumentNullException.ThrowIfNull(scheduler);
        return Observable.Create<T>(observer => new Hedge<T>(observer, attempt, interval, scheduler, ended).Run());
    }

    // An own class, since the losers are disposed before the winner's element goes out, which no operator of Rx does, and no lock is held.
    private sealed class Hedge<T>(IObserver<T> observer, IObservable<T> attempt, Func<TimeSpan> interval, IScheduler scheduler, Action<Exception?>? ended)
    {
        private readonly Trampoline _steps = new();
        private readonly CompositeDisposable _all = [];
        private readonly SerialDisposable _timer = new();
        private readonly List<SingleAssignmentDisposable> _attempts = [];
        private SingleAssignmentDisposable? _winner;

        public IDisposable Run()
        {
            _all.Add(_timer);
            Post(Begin);
            return _all;
        }

        private void Post(Action step) => _steps.Post(() =>
        {
            if (!_all.IsDisposed)
                step();
        });

        private void Begin()
        {
            if (_winner is not null)
                return;
            var one = new SingleAssignmentDisposable();
            _attempts.Add(one);
            _all.Add(one);
            _timer.Disposable = scheduler.Schedule(interval(), () => Post(Begin));
            one.Disposable = attempt.Subscribe(
                value => Post(() => Next(one, value)), error => Post(() => Ended(one, error)), () => Post(() => Ended(one, null)));
        }

        private void Next(SingleAssignmentDisposable one, T value)
        {
            if (_winner is null && _attempts.Contains(one))
            {
                _winner = one;
                _timer.Dispose();
                foreach (var other in _attempts.Where(other => other != one))
                    _all.Remove(other);
            }

            if (_winner == one)
                observer.OnNext(value);
        }

        private void Ended(SingleAssignmentDisposable one, Exception? error)
        {
            if (_winner is null ? !_attempts.Remove(one) : _winner != one)
                return;
            _all.Remove(one);
            if (_winner is null && _attempts.Count > 0)
            {
                ended?.Invoke(error);
                return;
            }

            _all.Dispose();
            if (error is null)
                observer.OnCompleted();
            else
                observer.OnError(error);
        }
    }
}
