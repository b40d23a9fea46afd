// list A B C, interval 5; A is lost at 2
// end of last      A 2     B -     C 0
// free             A 7     B now   C 5
// next from A      B now;  were B being tried: C at 5

using System.Diagnostics.CodeAnalysis;
using System.Reactive.Concurrency;

namespace Msgc.Reactive.Operators;

/// <summary>Which server of the list comes next under <c>Reconnect</c>, and when: the order and the pauses, without any acts.</summary>
internal sealed class ReconnectPace<TEndpoint>(IScheduler scheduler, Func<TimeSpan> interval, Func<TimeSpan>? jitter)
    where TEndpoint : notnull
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(24); // what the system's timers can hold

    private readonly IStopwatch _clock = scheduler.StartStopwatch();
    private readonly Dictionary<TEndpoint, (TimeSpan At, TimeSpan Jitter)> _ends = [];
    private TEndpoint[] _list = [];
    private int _last = -1;

    /// <summary>Time since creation.</summary>
    public TimeSpan Now => _clock.Elapsed;

    /// <summary>The pause as of now.</summary>
    public TimeSpan Interval
    {
        get
        {
            var value = interval();
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(interval));
            return value < LongestInterval ? value : LongestInterval;
        }
    }

    public bool Contains(TEndpoint endpoint) => IndexOf(endpoint) >= 0;

    /// <summary>A new list; the order goes on from the same server, or from the top when that has left. Pauses outlive a change.</summary>
    public void Replace(IReadOnlyList<TEndpoint> list)
    {
        var last = _last < 0 ? [] : _list[_last..(_last + 1)];
        _list = [.. list.Distinct()];
        _last = last.Length == 0 ? -1 : IndexOf(last[0]);
        var (now, pause) = (Now, Interval);
        foreach (var (endpoint, end) in _ends)
        {
            if (!Contains(endpoint) && end.At + pause + end.Jitter <= now)
                _ends.Remove(endpoint);
        }
    }

    /// <summary>An attempt at this server, or its session, has ended now.</summary>
    public void Ended(TEndpoint endpoint)
    {
        var extra = jitter?.Invoke() ?? TimeSpan.Zero;
        _ends[endpoint] = (Now, extra < TimeSpan.Zero ? TimeSpan.Zero : extra < LongestInterval ? extra : LongestInterval);
    }

    /// <summary>The next is the one that follows this server in the list.</summary>
    public void GoOnFrom(TEndpoint endpoint) => _last = IndexOf(endpoint);

    /// <summary>The next free server in order.</summary>
    public bool TryNext(Func<TEndpoint, bool> isTaken, [MaybeNullWhen(false)] out TEndpoint endpoint)
    {
        var (now, pause) = (Now, Interval);
        for (var step = 1; step <= _list.Length; step++)
        {
            endpoint = _list[(_last + step) % _list.Length];
            if (!isTaken(endpoint) && FreeAt(endpoint, pause) <= now)
                return true;
        }

        endpoint = default;
        return false;
    }

    /// <summary>When the first server is free that nobody has taken; null when all are taken.</summary>
    public TimeSpan? NextFree(Func<TEndpoint, bool> isTaken)
    {
        var pause = Interval;
        TimeSpan? earliest = null;
        foreach (var endpoint in _list)
        {
            if (!isTaken(endpoint) && FreeAt(endpoint, pause) is var free && (earliest is null || free < earliest))
                earliest = free;
        }

        return earliest;
    }

    private TimeSpan FreeAt(TEndpoint endpoint, TimeSpan pause) =>
        _ends.TryGetValue(endpoint, out var end) ? end.At + pause + end.Jitter : TimeSpan.Zero;

    private int IndexOf(TEndpoint endpoint) => Array.IndexOf(_list, endpoint);
}
