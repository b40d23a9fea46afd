using System.Reactive.Disposables;

namespace Msgc.Reactive.Operators;

/// <summary>One attempt at a server and, once connected, its session, whose elements go to the common output.</summary>
internal sealed class ReconnectAttempt<TEndpoint, TResult>(TEndpoint endpoint, TimeSpan began, ReconnectOutput<TEndpoint, TResult> output)
    : IObserver<TResult>, IDisposable
{
    public TEndpoint Endpoint { get; } = endpoint;

    /// <summary>When the attempt began, on the pace's clock.</summary>
    public TimeSpan Began { get; } = began;

    /// <summary>Taking too long: another attempt has been asked for.</summary>
    public bool IsOverdue { get; set; }

    /// <summary>A session that is about to go: another one is wanted beside it.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Lost or given up, with this cause; perhaps not quiet yet.</summary>
    public bool HasEnded { get; set; }

    public Exception? Cause { get; set; }

    /// <summary>Elements not handled yet, the one being handled included; the output's, as the next two are.</summary>
    public int Waiting { get; set; }

    public bool IsStopped { get; set; }

    public bool IsDropped { get; set; }

    /// <summary>The subscription that owns the connection.</summary>
    public SingleAssignmentDisposable Connection { get; } = new();

    /// <summary>The subscription to the session's life.</summary>
    public SingleAssignmentDisposable Life { get; } = new();

    /// <summary>The subscription to the session's word that it is about to go.</summary>
    public SingleAssignmentDisposable Leaving { get; } = new();

    /// <summary>Called when the life ends by itself.</summary>
    public required Action<ReconnectAttempt<TEndpoint, TResult>, Exception?> LifeEnded { get; init; }

    /// <summary>Called when the last element is handled, if there was one when the output stopped it.</summary>
    public required Action<ReconnectAttempt<TEndpoint, TResult>> Quiet { get; init; }

    public void OnNext(TResult value) => output.Push(this, value);

    public void OnError(Exception error) => LifeEnded(this, error);

    public void OnCompleted() => LifeEnded(this, null);

    /// <summary>Aborts: the life first, then the connection under it.</summary>
    public void Dispose()
    {
        Leaving.Dispose();
        Life.Dispose();
        Connection.Dispose();
    }
}
