// live      --1---2-----3-------
// Stop      -------------!             from another thread, or from inside the observer, during 3
// observer  --[1]-[2]---[3  ]
// quiet                     !          only now may the next session emit

using System.Reactive.Disposables;

namespace Msgc.Reactive.Operators;

/// <summary>
/// One attempt at a server and, once connected, its session, whose elements it forwards. An own observer, since the next session must
/// not emit before the last one's handler has returned, and no lock may be held while that runs.
/// </summary>
internal sealed class ReconnectAttempt<TEndpoint, TResult>(TEndpoint endpoint, TimeSpan began, IObserver<TResult> observer)
    : IObserver<TResult>, IDisposable
{
    private const int Idle = 0;
    private const int Inside = 1; // inside the observer's OnNext
    private const int StoppedInside = 2;
    private const int Stopped = 3;

    private int _state;
    private int _depth;

    public TEndpoint Endpoint { get; } = endpoint;

    /// <summary>When the attempt began, on the pace's clock.</summary>
    public TimeSpan Began { get; } = began;

    /// <summary>Taking too long: another attempt has been asked for.</summary>
    public bool IsOverdue { get; set; }

    /// <summary>Lost or given up, with this cause; perhaps not quiet yet.</summary>
    public bool HasEnded { get; set; }

    public Exception? Cause { get; set; }

    /// <summary>The subscription that owns the connection.</summary>
    public SingleAssignmentDisposable Connection { get; } = new();

    /// <summary>The subscription to the session's life.</summary>
    public SingleAssignmentDisposable Life { get; } = new();

    /// <summary>Called when the life ends by itself.</summary>
    public required Action<ReconnectAttempt<TEndpoint, TResult>, Exception?> LifeEnded { get; init; }

    /// <summary>Called when the observer's handler has returned, if <see cref="TryStop"/> found it running.</summary>
    public required Action<ReconnectAttempt<TEndpoint, TResult>> Quiet { get; init; }

    public void OnNext(TResult value)
    {
        if (_depth == 0 && Interlocked.CompareExchange(ref _state, Inside, Idle) != Idle)
            return;
        _depth++;
        try
        {
            observer.OnNext(value);
        }
        finally
        {
            if (--_depth == 0 && Interlocked.CompareExchange(ref _state, Idle, Inside) == StoppedInside)
            {
                Volatile.Write(ref _state, Stopped);
                Quiet(this);
            }
        }
    }

    public void OnError(Exception error) => LifeEnded(this, error);

    public void OnCompleted() => LifeEnded(this, null);

    /// <summary>No element is forwarded from now on. False when one is being handled: <see cref="Quiet"/> follows.</summary>
    public bool TryStop() =>
        Interlocked.CompareExchange(ref _state, Stopped, Idle) != Inside
        || (Interlocked.CompareExchange(ref _state, StoppedInside, Inside) != Inside && TryStop());

    /// <summary>Aborts: the life first, then the connection under it.</summary>
    public void Dispose()
    {
        Life.Dispose();
        Connection.Dispose();
    }
}
