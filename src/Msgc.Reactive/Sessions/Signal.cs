using System.Reactive.Disposables;

namespace Msgc.Reactive.Sessions;

/// <summary>
/// What a connection tells its session's composition: one subscriber at a time, an end kept for later ones. Not a Subject, since it is
/// pushed once per received block and copies no observer list.
/// </summary>
internal sealed class Signal<T> : IObservable<T>
{
    private IObserver<T>? _observer;
    private Exception? _error;

    public void Push(T value) => Volatile.Read(ref _observer)?.OnNext(value);

    public void Fail(Exception error)
    {
        if (Interlocked.CompareExchange(ref _error, error, null) is null) Interlocked.Exchange(ref _observer, null)?.OnError(error);
    }

    public IDisposable Subscribe(IObserver<T> observer)
    {
        Interlocked.Exchange(ref _observer, observer);
        if (Volatile.Read(ref _error) is { } error && Interlocked.CompareExchange(ref _observer, null, observer) == observer)
        {
            observer.OnError(error);
            return Disposable.Empty;
        }
        return Disposable.Create((this, observer), static s => Interlocked.CompareExchange(ref s.Item1._observer, null, s.observer));
    }
}
