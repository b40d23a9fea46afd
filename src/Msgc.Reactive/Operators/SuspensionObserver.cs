namespace Msgc.Reactive.Operators;

/// <summary>While the latest element is true the timer does not act.</summary>
internal sealed class SuspensionObserver(ITimed timed) : IObserver<bool>
{
    public void OnNext(bool value) => timed.Timer.Suspend(value);

    public void OnError(Exception error) => timed.SettingsFailed(error);

    public void OnCompleted()
    {
        // As it was last.
    }
}
