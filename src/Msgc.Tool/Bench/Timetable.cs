namespace Msgc.Tool.Bench;

/// <summary>When each message of a publisher is due: at an even rate, and the publishers evenly between each other.</summary>
internal sealed class Timetable(double perSecond, int publisher, int publishers)
{
    private readonly double _ticks = TimeSpan.TicksPerSecond / perSecond;
    private readonly double _offset = (double)publisher / publishers;

    /// <summary>After the beginning; of messages counted from 0.</summary>
    public TimeSpan At(long message) => TimeSpan.FromTicks((long)((message + _offset) * _ticks));
}
