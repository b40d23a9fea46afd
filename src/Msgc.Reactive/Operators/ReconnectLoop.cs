//            +------------------------- wanted <---------------------+
//            v                                                       |
// list --> Dial --> attempts --> Connected --> session --> Retire --> Finish
//            ^         | failed, overdue        |        (dispose)   (quiet: ended)
//            +---------+                        |
//            ^                                  | leaving: lives on
//            +----------------------------------+

using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace Msgc.Reactive.Operators;

/// <summary>
/// The state of one <c>Reconnect</c>. Everything that happens is a step on one trampoline, so that the users' delegates run under no lock
/// and in one order; the pace says who is next. Own code rather than Rx's <c>Catch</c> and <c>Merge</c>, since these dial before the old
/// connection is disposed and hold a lock during <c>OnNext</c>.
/// </summary>
internal sealed class ReconnectLoop<TEndpoint, TSession, TResult>(
    IObserver<TResult> observer,
    Func<TEndpoint, IObservable<TSession>> connect,
    Func<TEndpoint, TSession, IObservable<TResult>> live,
    IScheduler scheduler,
    ReconnectPace<TEndpoint> pace,
    Action<TEndpoint, Exception?> ended,
    Func<Exception, bool>? isFatal,
    Func<TSession, IObservable<Unit>>? leaving)
    where TEndpoint : notnull
{
    private readonly Trampoline _steps = new();
    private readonly CompositeDisposable _all = [];
    private readonly SerialDisposable _timer = new();
    private readonly ReconnectOutput<TEndpoint, TResult> _output = new(observer);
    private readonly List<ReconnectAttempt<TEndpoint, TResult>> _attempts = [];
    private readonly List<ReconnectAttempt<TEndpoint, TResult>> _sessions = []; // until their ends are finished; one at most is not leaving
    private bool _wanted; // an attempt is due as soon as a server is free
    private bool _started;
    private Exception? _error;

    public IDisposable Run(IObservable<IReadOnlyList<TEndpoint>> endpoints)
    {
        _all.Add(_timer);
        _all.Add(endpoints.Subscribe(list => Post(() => Replace(list)), error => Post(() => Fail(error))));
        return _all;
    }

    /// <summary>True while a session is there to stay, or the end of one is not finished: nothing is dialled then.</summary>
    private bool IsSettled => _sessions.Exists(session => !session.IsLeaving || session.HasEnded);

    private void Post(Action step) => _steps.Post(() => Do(step));

    private void Do(Action step)
    {
        if (_all.IsDisposed)
            return;
        try
        {
            step();
            Continue();
        }
        catch (Exception error) when (!_all.IsDisposed)
        {
            Fail(error);
        }
    }

    private void Replace(IReadOnlyList<TEndpoint> list)
    {
        pace.Replace(list);
        _wanted |= !_started;
        _started = true;
        foreach (var session in _sessions.Where(session => !pace.Contains(session.Endpoint)).ToArray())
            Retire(session, new MsgcConnectionException(MsgcCause.Closed, $"{session.Endpoint} is no longer in the list of servers."), drop: true);
        foreach (var attempt in _attempts.Where(attempt => !pace.Contains(attempt.Endpoint)).ToArray())
        {
            _wanted |= _attempts.Count == 1;
            GiveUp(attempt, null);
        }
    }

    private void Dial(TEndpoint endpoint)
    {
        var attempt = new ReconnectAttempt<TEndpoint, TResult>(endpoint, pace.Now, _output)
        {
            LifeEnded = (attempt, error) => Post(() => Retire(attempt, error, drop: false)),
            Quiet = attempt => Post(() => Finish(attempt)),
        };
        _attempts.Add(attempt);
        _all.Add(attempt);
        attempt.Connection.Disposable = Observable.Defer(() => connect(endpoint)).Subscribe(
            session => Post(() => Connected(attempt, session)),
            error => Post(() => ConnectEnded(attempt, error)),
            () => Post(() => ConnectEnded(attempt, null)));
    }

    private void Connected(ReconnectAttempt<TEndpoint, TResult> attempt, TSession session)
    {
        if (!_attempts.Remove(attempt))
            return; // given up meanwhile, or a second session
        _sessions.Add(attempt);
        _wanted = false;
        foreach (var other in _attempts.ToArray())
            GiveUp(other, null);
        if (_all.IsDisposed)
            return; // by the user, when told of these
        if (leaving is not null)
        {
            attempt.Leaving.Disposable = Observable.Defer(() => leaving(session)).Subscribe(
                _ => Post(() => Leave(attempt)), error => Post(() => Retire(attempt, error, drop: false)));
        }

        attempt.Life.Disposable = Observable.Defer(() => live(attempt.Endpoint, session)).SubscribeSafe(attempt);
    }

    /// <summary>The session is about to go: the next server is dialled while it lives on.</summary>
    private void Leave(ReconnectAttempt<TEndpoint, TResult> attempt)
    {
        if (attempt.HasEnded || attempt.IsLeaving)
            return;
        attempt.IsLeaving = true;
        _wanted = true;
        pace.GoOnFrom(attempt.Endpoint);
    }

    private void ConnectEnded(ReconnectAttempt<TEndpoint, TResult> attempt, Exception? error)
    {
        if (_attempts.Contains(attempt))
        {
            _wanted = true;
            pace.GoOnFrom(attempt.Endpoint);
            GiveUp(attempt, error);
        }
        else if (error is not null)
        {
            Retire(attempt, error, drop: false); // a completion after the session is for the life to tell
        }
    }

    /// <summary>An attempt is over: its connection is aborted, then its end is told.</summary>
    private void GiveUp(ReconnectAttempt<TEndpoint, TResult> attempt, Exception? cause)
    {
        _attempts.Remove(attempt);
        _all.Remove(attempt);
        Tell(attempt.Endpoint, cause);
    }

    /// <summary>The session is over: its connection is aborted at once; it is finished when the observer's handler has returned.</summary>
    private void Retire(ReconnectAttempt<TEndpoint, TResult> attempt, Exception? cause, bool drop)
    {
        if (attempt.HasEnded || !_sessions.Contains(attempt))
            return;
        attempt.HasEnded = true;
        attempt.Cause = cause;
        _all.Remove(attempt);
        if (_output.TryStop(attempt, drop))
            Finish(attempt);
    }

    private void Finish(ReconnectAttempt<TEndpoint, TResult> attempt)
    {
        _sessions.Remove(attempt);
        if (_error is not null)
            return;
        if (!attempt.IsLeaving) // else another is there already, or under way
        {
            _wanted = true;
            pace.GoOnFrom(attempt.Endpoint);
        }

        Tell(attempt.Endpoint, attempt.Cause);
    }

    private void Tell(TEndpoint endpoint, Exception? cause)
    {
        pace.Ended(endpoint);
        ended(endpoint, cause);
        if (cause is not null && isFatal?.Invoke(cause) is true)
            Fail(cause);
    }

    /// <summary>Disposes everything; the error goes out when the observer's handler has returned.</summary>
    private void Fail(Exception error)
    {
        if (_error is not null)
            return;
        _error = error;
        _timer.Dispose();
        foreach (var attempt in _attempts)
            _all.Remove(attempt);
        _attempts.Clear();
        foreach (var session in _sessions.ToArray())
            Retire(session, null, drop: true);
        Continue();
    }

    /// <summary>After each step: dials when one is wanted and a server is free, and sets the timer for what comes next.</summary>
    private void Continue()
    {
        if (_all.IsDisposed)
            return;
        if (_error is not null)
        {
            if (_sessions.Count == 0)
            {
                _all.Dispose();
                observer.OnError(_error);
            }

            return;
        }

        _timer.Disposable = null;
        if (IsSettled || !_started)
            return;
        var joinAt = NoteOverdue();
        if (_wanted && pace.TryNext(IsTaken, out var endpoint))
        {
            _wanted = false;
            Dial(endpoint);
            joinAt = NoteOverdue();
        }

        var freeAt = _wanted ? pace.NextFree(IsTaken) : null;
        if ((joinAt < freeAt ? joinAt : freeAt ?? joinAt) is { } at)
            _timer.Disposable = scheduler.Schedule(at > pace.Now ? at - pace.Now : TimeSpan.Zero, () => Post(() => { }));
    }

    private bool IsTaken(TEndpoint endpoint) => _attempts.Concat(_sessions).Any(attempt => attempt.Endpoint.Equals(endpoint));

    /// <summary>Attempts that have taken too long want another beside them, once each. Returns when the next of them will have.</summary>
    private TimeSpan? NoteOverdue()
    {
        TimeSpan? next = null;
        var (now, interval) = (pace.Now, pace.Interval);
        foreach (var attempt in _attempts.Where(attempt => !attempt.IsOverdue))
        {
            var at = attempt.Began + interval;
            if (at <= now)
            {
                attempt.IsOverdue = true;
                _wanted = true;
                pace.GoOnFrom(attempt.Endpoint);
            }
            else if (next is null || at < next)
            {
                next = at;
            }
        }

        return next;
    }
}
