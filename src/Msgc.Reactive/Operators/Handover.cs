// source       --abc--------d---|
// scheduler    ---(abc)-------d---|        (…) one turn: at most 20 elements, then the others' turn

using System.Diagnostics.CodeAnalysis;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Msgc.Reactive.Operators;

/// <summary>
/// What <c>ObserveOnBounded</c> and <c>Conflate</c> share: elements are put in by the source and taken out on the scheduler, in turns of
/// at most <see cref="ElementsPerTurn"/>, one turn at a time. The end comes after all that was put in. An own observer, since Rx's
/// ObserveOn has no bound and holds on to a thread.
/// </summary>
internal abstract class Handover<T>(IObserver<T> observer, IScheduler scheduler) : IObserver<T>, IDisposable
{
    /// <summary>Elements observed in one scheduled action; then others on the scheduler get theirs.</summary>
    public const int ElementsPerTurn = 20;

    private readonly SingleAssignmentDisposable _upstream = new();
    private readonly MultipleAssignmentDisposable _turn = new();
    private int _active;
    private Exception? _error;
    private volatile bool _ended;
    private volatile bool _disposed;

    protected bool Stopped => _ended || _disposed;

    /// <summary>Nothing to take.</summary>
    protected abstract bool IsEmpty { get; }

    public abstract void OnNext(T value);

    public void OnError(Exception error) => End(error);

    public void OnCompleted() => End(null);

    public IDisposable Run(IObservable<T> source)
    {
        _upstream.Disposable = source.SubscribeSafe(this);
        return this;
    }

    public void Dispose()
    {
        _disposed = true;
        _upstream.Dispose();
        _turn.Dispose();
    }

    protected abstract bool TryTake([MaybeNullWhen(false)] out T value);

    /// <summary>Something was put in.</summary>
    protected void Wake()
    {
        if (Interlocked.Exchange(ref _active, 1) == 0)
            ScheduleTurn();
    }

    protected void End(Exception? error)
    {
        if (Stopped)
            return;
        _upstream.Dispose();
        _error = error;
        _ended = true;
        Wake();
    }

    private void ScheduleTurn() => _turn.Disposable = scheduler.Schedule(this, static (_, self) =>
    {
        self.Turn();
        return Disposable.Empty;
    });

    // An observer that throws has by then been detached by Observable.Create, which disposes this; the exception is the scheduler's.
    private void Turn()
    {
        for (var taken = 0; taken < ElementsPerTurn && !_disposed;)
        {
            var last = _ended; // read before looking: what is empty after the end stays empty
            if (TryTake(out var value))
            {
                taken++;
                observer.OnNext(value);
            }
            else if (last)
            {
                Finish();
                return;
            }
            else if (!TryGoOn())
            {
                return;
            }
        }

        if (!_disposed)
            ScheduleTurn();
    }

    /// <summary>Goes idle, unless something came in just before, which its giver took for ours to do.</summary>
    private bool TryGoOn()
    {
        Interlocked.Exchange(ref _active, 0);
        return (!IsEmpty || _ended) && Interlocked.Exchange(ref _active, 1) == 0;
    }

    private void Finish()
    {
        Dispose();
        if (_error is null)
            observer.OnCompleted();
        else
            observer.OnError(_error);
    }
}
