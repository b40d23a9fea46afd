namespace Msgc.Reactive.Simulation.Actors;

/// <summary>A sequence that passes everything on as it is, wrong calls included, and shows each element. Rx's own Do would silence what comes after an end.</summary>
internal sealed class Glass<T>(IObservable<T> source, Action shown) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer) => source.Subscribe(new Observer(observer, shown));

    private sealed class Observer(IObserver<T> observer, Action shown) : IObserver<T>
    {
        public void OnNext(T value)
        {
            shown();
            observer.OnNext(value);
        }

        public void OnError(Exception error) => observer.OnError(error);

        public void OnCompleted() => observer.OnCompleted();
    }
}
