using System.Collections.Concurrent;
using System.Text;
using Msgc.Reactive.Diagnostics;

namespace Msgc.Reactive.Routing;

/// <content>How many messages each group gets, while somebody wants to know.</content>
internal sealed partial class RouteTable
{
    private readonly ConcurrentDictionary<Route, bool> _counted = new();
    private volatile bool _isCounting;

    public bool IsCounting => _isCounting;

    /// <summary>A group has counted messages.</summary>
    public void Counted(Route route)
    {
        if (!_counted.ContainsKey(route)) _counted[route] = true;
    }

    public void Count(bool isWanted)
    {
        _isCounting = isWanted;
        if (isWanted) return;
        foreach (var (route, _) in _counted) route.ForgetMessages();
        _counted.Clear();
    }

    public (IReadOnlyList<GroupStatistics> Groups, int Omitted) Busiest(int most)
    {
        foreach (var (route, _) in _counted.Where(entry => entry.Key.IsUnused)) _counted.TryRemove(route, out _);
        var routes = _counted.Select(entry => entry.Key).ToHashSet();
        var all = _locals + routes.Count(route => route.Local.Count == 0);
        for (var (route, quiet) = (FirstLocal, 0); route is not null && quiet < most; route = route.NextLocal, quiet++) routes.Add(route);
        GroupStatistics[] groups =
        [
            .. routes.Select(route => new GroupStatistics(Encoding.UTF8.GetString(route.Group), route.Local.Count, route.Messages))
                .OrderByDescending(group => group.Messages)
                .ThenBy(group => group.Name, StringComparer.Ordinal)
                .Take(most),
        ];
        return (groups, all - groups.Length);
    }
}
