namespace Msgc.Reactive.Groups;

/// <summary>An observer that is unsubscribed and reported when it throws, as those of a <see cref="Fanout{T}"/> are.</summary>
internal sealed class GuardedObserver<T>(IObserver<T> observer, Action unsubscribe, Action<Exception> failed) : IObserver<T>
{
    private bool _stopped;

    public void OnNext(T value) => Guard(static (o, v) => o.OnNext(v), value);

    public void OnError(Exception error) => Guard(static (o, e) => o.OnError(e), error);

    public void OnCompleted() => Guard(static (o, _) => o.OnCompleted(), 0);

    private void Guard<TArgument>(Action<IObserver<T>, TArgument> call, TArgument argument)
    {
        if (_stopped) return;
        try
        {
            call(observer, argument);
        }
        catch (Exception error)
        {
            _stopped = true;
            unsubscribe();
            failed(error);
        }
    }
}
