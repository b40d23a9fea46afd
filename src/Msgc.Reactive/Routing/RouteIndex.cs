using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Routing;

/// <summary>
/// Routes by the bytes of their names, in one flat array with open addressing: of a million groups none is in a cache, and each step is a
/// way to memory. Many may look up while one adds or removes; those who do see to it that they are one.
/// </summary>
/// <remarks>
/// A route stays where it is as long as it is in the array, and a slot between its first choice and its own is freed only when it is gone
/// itself; so who looks for it meets it, whatever else comes and goes meanwhile. A slot's hash is written before its route and read after
/// it (release, acquire): who meets a route reads its hash, or a later one, and then that route has been removed meanwhile. Hashes only
/// save looking at names; what is found is found by the whole name. A larger array is filled before it is published, and who still looks
/// into the older one sees what was true when the lookup began.
/// </remarks>
internal sealed class RouteIndex
{
    private const int SmallestSize = 16;

    private static readonly Route Removed = new(null!, []);

    private Slots _slots = new(SmallestSize);
    private int _count;
    private int _taken; // by routes, and by what is left of removed ones: at most two thirds of the slots

    public Route? Find(ReadOnlySpan<byte> group)
    {
        var hash = GroupName.Comparer.Instance.GetHashCode(group);
        var slots = Volatile.Read(ref _slots);
        var (routes, hashes) = (slots.Routes, slots.Hashes);
        for (var i = hash & (routes.Length - 1); ; i = (i + 1) & (routes.Length - 1))
        {
            var route = Volatile.Read(ref routes[i]);
            if (route is null) return null;
            if (hashes[i] == hash && route != Removed && group.SequenceEqual(route.Group)) return route;
        }
    }

    /// <summary>Adds a route whose name is not there.</summary>
    public void Add(Route route)
    {
        if (3 * (_taken + 1) > 2 * _slots.Routes.Length) Rebuild();
        if (_slots.Put(route, GroupName.Comparer.Instance.GetHashCode(route.Group))) _taken++;
        _count++;
    }

    /// <summary>False when it is not there.</summary>
    public bool Remove(Route route)
    {
        var routes = _slots.Routes;
        var mask = routes.Length - 1;
        var i = GroupName.Comparer.Instance.GetHashCode(route.Group) & mask;
        for (; routes[i] != route; i = (i + 1) & mask)
        {
            if (routes[i] is null) return false;
        }
        _count--;
        Volatile.Write(ref routes[i], Removed);
        if (routes[(i + 1) & mask] is not null) return true;
        // Nothing is behind it, nor behind removed ones right before it: nobody has to go on from there any more.
        for (; routes[i] == Removed; i = (i - 1) & mask, _taken--) Volatile.Write(ref routes[i], null);
        return true;
    }

    /// <summary>Into a larger array, unless it was those removed that took the room.</summary>
    private void Rebuild()
    {
        var (size, old) = (_slots.Routes.Length, _slots);
        while (3 * (_count + 1) > size) size *= 2;
        var slots = new Slots(size);
        for (var i = 0; i < old.Routes.Length; i++)
        {
            if (old.Routes[i] is { } route && route != Removed) slots.Put(route, old.Hashes[i]);
        }
        _taken = _count;
        Volatile.Write(ref _slots, slots);
    }

    /// <summary>Two arrays, since the garbage collector goes faster through one of references alone.</summary>
    private sealed class Slots(int size)
    {
        public readonly Route?[] Routes = new Route?[size];
        public readonly int[] Hashes = new int[size];

        /// <summary>True when the slot was free; otherwise one was removed from it.</summary>
        public bool Put(Route route, int hash)
        {
            var i = hash & (Routes.Length - 1);
            while (Routes[i] is { } other && other != Removed) i = (i + 1) & (Routes.Length - 1);
            var wasFree = Routes[i] is null;
            Hashes[i] = hash;
            Volatile.Write(ref Routes[i], route);
            return wasFree;
        }
    }
}
