// life A    --1-----3x------
// life B    ---2------4-----           the successor, beside the session that leaves
// observer  --[1 ][2][3][4]-           one call at a time, in the order in which they came
// quiet              A                 behind the last element of a life that has ended

namespace Msgc.Reactive.Operators;

/// <summary>
/// What the lives of one <c>Reconnect</c> yield, on its way to the one observer. An own queue, since two lives may emit at a time, a
/// session must not emit before the handler of the one before it has returned, and no lock may be held while that runs.
/// </summary>
internal sealed class ReconnectOutput<TEndpoint, TResult>(IObserver<TResult> observer)
{
    private readonly Lock _gate = new();
    private readonly Queue<(ReconnectAttempt<TEndpoint, TResult> Attempt, TResult Value)> _waiting = new();
    private bool _busy;

    /// <summary>Passes an element on, or leaves it to whoever is doing so.</summary>
    public void Push(ReconnectAttempt<TEndpoint, TResult> attempt, TResult value)
    {
        lock (_gate)
        {
            if (attempt.IsStopped)
                return;
            attempt.Waiting++;
            _waiting.Enqueue((attempt, value));
            if (_busy)
                return;
            _busy = true;
        }

        while (TryTake(out var next))
            Pass(next.Attempt, next.Value);
    }

    /// <summary>
    /// No new element of this life is taken; those that wait are dropped, or passed on still. False when there are any, or one is being
    /// handled: the attempt's <c>Quiet</c> follows.
    /// </summary>
    public bool TryStop(ReconnectAttempt<TEndpoint, TResult> attempt, bool drop)
    {
        lock (_gate)
        {
            attempt.IsStopped = true;
            attempt.IsDropped |= drop;
            return attempt.Waiting == 0;
        }
    }

    private void Pass(ReconnectAttempt<TEndpoint, TResult> attempt, TResult value)
    {
        try
        {
            if (!IsDropped(attempt))
                observer.OnNext(value);
        }
        catch
        {
            lock (_gate)
                _busy = false;
            throw;
        }
        finally
        {
            if (IsQuietNow(attempt))
                attempt.Quiet(attempt);
        }
    }

    private bool TryTake(out (ReconnectAttempt<TEndpoint, TResult> Attempt, TResult Value) next)
    {
        lock (_gate)
            return _busy = _waiting.TryDequeue(out next);
    }

    private bool IsDropped(ReconnectAttempt<TEndpoint, TResult> attempt)
    {
        lock (_gate)
            return attempt.IsDropped;
    }

    private bool IsQuietNow(ReconnectAttempt<TEndpoint, TResult> attempt)
    {
        lock (_gate)
            return --attempt.Waiting == 0 && attempt.IsStopped;
    }
}
