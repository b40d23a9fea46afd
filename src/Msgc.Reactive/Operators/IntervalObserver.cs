namespace Msgc.Reactive.Operators;

/// <summary>Each element is the timer's interval from now on. There are two such observers to a connection, so they are made of little.</summary>
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
