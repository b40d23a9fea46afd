using Msgc.Reactive.Testing.Cluster;

namespace Msgc.Reactive.Testing;

/// <summary>
/// What happened in a <see cref="TestCluster"/>, drawn as marbles: a lane for each server and client, and the faults above.
/// <code>
///        0         2         4         6 s
/// faults ----------F---------F----------
/// s0     SC------------------x----------
/// near   SC-j---^---^---o---!-----------
/// </code>
/// Below it what the marks mean, and the events in words: not what is published and received, and of many events only the disturbances.
/// </summary>
public sealed class Timeline
{
    private const int MaxEvents = 100_000;
    private const int DefaultWidth = 100;

    private readonly List<string> _lanes;
    private readonly Queue<TimelineEvent> _events;
    private long _dropped;

    internal Timeline()
        : this([], [], 0)
    {
    }

    private Timeline(IEnumerable<string> lanes, IEnumerable<TimelineEvent> events, long dropped)
    {
        _lanes = [.. lanes];
        _events = new Queue<TimelineEvent>(events);
        _dropped = dropped;
    }

    /// <summary>The events, in order; the last 100,000 of them.</summary>
    public IReadOnlyCollection<TimelineEvent> Events => _events;

    /// <summary>Some of the lanes; what the test did stays.</summary>
    /// <param name="lanes">Names of servers and clients.</param>
    public Timeline Of(params IReadOnlyCollection<string> lanes) =>
        new(_lanes.Where(lane => lane == TestCluster.FaultLane || lanes.Contains(lane)), _events.Where(e => e.Lane == TestCluster.FaultLane || lanes.Contains(e.Lane)), _dropped);

    /// <summary>Some of the groups; what is of no group stays.</summary>
    /// <param name="groups">Names of groups.</param>
    public Timeline In(params IReadOnlyCollection<string> groups) => new(_lanes, _events.Where(e => e.Group is null || groups.Contains(e.Group)), _dropped);

    /// <summary>A stretch of time.</summary>
    /// <param name="from">From then on.</param>
    /// <param name="until">And up to then, both on the scheduler's clock.</param>
    public Timeline Between(TimeSpan from, TimeSpan until) => new(_lanes, _events.Where(e => e.Ticks >= from.Ticks && e.Ticks <= until.Ticks), _dropped);

    /// <summary>The chart, 100 characters wide.</summary>
    public override string ToString() => ToString(DefaultWidth);

    /// <summary>The chart.</summary>
    /// <param name="width">How many characters wide, at least 20; the words below may be wider.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than 20.</exception>
    public string ToString(int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 20);
        return new Chart(_lanes, [.. _events], _dropped, width).Draw();
    }

    internal void AddLane(string lane)
    {
        if (!_lanes.Contains(lane)) _lanes.Add(lane);
    }

    internal void Add(long ticks, string lane, TimelineMark mark, string? group, string? detail)
    {
        if (_events.Count == MaxEvents)
        {
            _events.Dequeue();
            _dropped++;
        }
        _events.Enqueue(new TimelineEvent(ticks, lane, mark, group, detail));
    }
}
