using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Routing;

/// <summary>
/// Routes by the bytes of their names: one flat array, since a million groups are in no cache and every step is a way to memory. Many may
/// look up while one adds or removes; those who add and remove see to it that they are one.
/// </summary>
/// <remarks>
/// A route stays in its slot while it is in this array, and no slot between its first choice and its own becomes free meanwhile: so who
/// looks for it meets it, whatever else comes and goes. A slot's hash is written before its route and read after it (release, acquire):
/// whoever meets a route reads its hash, or that of one that has taken its place since, and then it is gone anyway. The hash is but a
/// hint; a route is found by its whole name. A larger array is filled before it is published, so who still looks into the old one sees
/// what was true when it began.
/// </remarks>
internal sealed class RouteIndex
{
    private const int Smallest = 16;

    private static readonly Route Removed = new(null!, []);

    private Slot[] _slots = new Slot[Smallest];
    private int _count;
    private int _taken; // by routes, and by what is left of removed ones

    public Route? Find(ReadOnlySpan<byte> group)
    {
        var hash = GroupName.Comparer.Instance.GetHashCode(group);
        var slots = Volatile.Read(ref _slots);
        for (var i = hash & (slots.Length - 1); ; i = (i + 1) & (slots.Length - 1))
        {
            var route = Volatile.Read(ref slots[i].Route);
            if (route is null) return null;
            if (slots[i].Hash == hash && route != Removed && group.SequenceEqual(route.Group)) return route;
        }
    }

    /// <summary>Adds a route whose name is not there.</summary>
    public void Add(Route route)
    {
        if (3 * (_taken + 1) > 2 * _slots.Length) Rebuild();
        _count++;
        if (Put(_slots, GroupName.Comparer.Instance.GetHashCode(route.Group), route)) _taken++;
    }

    /// <summary>False when it is not there.</summary>
    public bool Remove(Route route)
    {
        var (slots, mask) = (_slots, _slots.Length - 1);
        var i = GroupName.Comparer.Instance.GetHashCode(route.Group) & mask;
        for (; slots[i].Route != route; i = (i + 1) & mask)
        {
            if (slots[i].Route is null) return false;
        }
        _count--;
        Volatile.Write(ref slots[i].Route, Removed);
        if (slots[(i + 1) & mask].Route is not null) return true;
        // Nothing is behind it, nor behind those before it that have been removed: nobody has to go past them any more.
        for (; slots[i].Route == Removed; i = (i - 1) & mask, _taken--) Volatile.Write(ref slots[i].Route, null);
        return true;
    }

    /// <summary>True when it took a free slot; otherwise it took one of a removed route.</summary>
    private static bool Put(Slot[] slots, int hash, Route route)
    {
        var i = hash & (slots.Length - 1);
        while (slots[i].Route is { } other && other != Removed) i = (i + 1) & (slots.Length - 1);
        var wasFree = slots[i].Route is null;
        slots[i].Hash = hash;
        Volatile.Write(ref slots[i].Route, route);
        return wasFree;
    }

    /// <summary>Makes a third of the slots taken, or up to two thirds less what was removed.</summary>
    private void Rebuild()
    {
        var size = _slots.Length;
        while (3 * (_count + 1) > size) size *= 2;
        var slots = new Slot[size];
        foreach (var slot in _slots)
        {
            if (slot.Route is { } route && route != Removed) Put(slots, slot.Hash, route);
        }
        _taken = _count;
        Volatile.Write(ref _slots, slots);
    }

    private struct Slot
    {
        public Route? Route;
        public int Hash;
    }
}
