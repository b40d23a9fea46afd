namespace Msgc.Reactive.Operators;

/// <summary>An operator whose timer is set by sequences, and which these may fail.</summary>
internal interface ITimed
{
    QuietTimer Timer { get; }

    void SettingsFailed(Exception error);
}

/// <summary>Each element is the timer's interval from now on. There are three such observers to a connection, so they are made of little.</summary>
internal sealed class IntervalObserver(ITimed timed) : IObserver<TimeSpan>
{
    public void OnNext(TimeSpan value)
    {
        try
        {
            timed.Timer.Interval = value;
        }
        catch (ArgumentOutOfRangeException error)
        {
            timed.SettingsFailed(error);
        }
    }

    public void OnError(Exception error) => timed.SettingsFailed(error);

    public void OnCompleted()
    {
        // The last interval stays.
    }
}

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
