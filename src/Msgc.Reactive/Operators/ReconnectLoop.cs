//            +------------------------- wanted <---------------------+
//            v                                                       |
// list --> Dial --> attempts --> Connected --> session --> Retire --> Finish
//            ^         | failed, overdue                 (dispose)   (quiet: ended)
//            +---------+

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
    Func<Exception, bool>? isFatal)
    where TEndpoint : notnull
{
    private readonly Trampoline _steps = new();
    private readonly CompositeDisposable _all = [];
    private readonly SerialDisposable _timer = new();
    private readonly List<ReconnectAttempt<TEndpoint, TResult>> _attempts = [];
    private ReconnectAttempt<TEndpoint, TResult>? _session; // until its end is finished
    private bool _wanted; // an attempt is due as soon as a server is free
    private bool _started;
    private Exception? _error;

    public IDisposable Run(IObservable<IReadOnlyList<TEndpoint>> endpoints)
    {
        _all.Add(_timer);
        _all.Add(endpoints.Subscribe(list => Post(() => Replace(list)), error => Post(() => Fail(error))));
        return _all;
    }

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
        if (_session is { } session && !pace.Contains(session.Endpoint))
            Retire(session, new MsgcConnectionException(MsgcCause.Closed, $"{session.Endpoint} is no longer in the list of servers."));
        foreach (var attempt in _attempts.Where(attempt => !pace.Contains(attempt.Endpoint)).ToArray())
        {
            _wanted |= _attempts.Count == 1;
            GiveUp(attempt, null);
        }
    }

    private void Dial(TEndpoint endpoint)
    {
        var attempt = new ReconnectAttempt<TEndpoint, TResult>(endpoint, pace.Now, observer)
        {
            LifeEnded = (attempt, error) => Post(() => Retire(attempt, error)),
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
        _session = attempt;
        _wanted = false;
        foreach (var other in _attempts.ToArray())
            GiveUp(other, null);
        if (_all.IsDisposed)
            return; // by the user, when told of these
        attempt.Life.Disposable = Observable.Defer(() => live(attempt.Endpoint, session)).SubscribeSafe(attempt);
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
            Retire(attempt, error); // a completion after the session is for the life to tell
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
    private void Retire(ReconnectAttempt<TEndpoint, TResult> attempt, Exception? cause)
    {
        if (attempt != _session || attempt.HasEnded)
            return;
        attempt.HasEnded = true;
        attempt.Cause = cause;
        _all.Remove(attempt);
        if (attempt.TryStop())
            Finish(attempt);
    }

    private void Finish(ReconnectAttempt<TEndpoint, TResult> attempt)
    {
        _session = null;
        if (_error is not null)
            return;
        _wanted = true;
        pace.GoOnFrom(attempt.Endpoint);
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
        if (_session is { } session)
            Retire(session, null);
        Continue();
    }

    /// <summary>After each step: dials when one is wanted and a server is free, and sets the timer for what comes next.</summary>
    private void Continue()
    {
        if (_all.IsDisposed)
            return;
        if (_error is not null)
        {
            if (_session is null)
            {
                _all.Dispose();
                observer.OnError(_error);
            }

            return;
        }

        _timer.Disposable = null;
        if (_session is not null || !_started)
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

    private bool IsTaken(TEndpoint endpoint) => _attempts.Exists(attempt => attempt.Endpoint.Equals(endpoint));

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
