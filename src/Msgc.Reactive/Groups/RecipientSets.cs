namespace Msgc.Reactive.Groups;

/// <summary>
/// Groups with equal recipients share one array of them, so that a run goes on from one group to the next; and as long as these are few,
/// the set itself, so that a group takes no memory for them.
/// </summary>
/// <param name="few">How many these are at most: to find one each is looked at, and to make a set that no group has yet all are copied.</param>
internal sealed class RecipientSets<T>(int few)
    where T : class
{
    private readonly Dictionary<UInt128, Recipients<T>> _few = [];
    private readonly Dictionary<UInt128, Set> _sets = [];

    /// <summary>False when it is there already.</summary>
    /// <param name="set">The set that a group has, to which one is added.</param>
    /// <param name="session">The session.</param>
    /// <param name="serial">A number that no other session of this server ever has.</param>
    public bool Add(ref Recipients<T> set, T session, ulong serial)
    {
        if (set.PlaceOf(session) >= 0) return false;
        if (!set.IsShared) set.Add(session, serial);
        else if (set.Count == few) Take(ref set, set.With(session, serial, isShared: false));
        else if (_few.TryGetValue(set.Id + SetDigest.Of(serial), out var known)) Take(ref set, known);
        else Take(ref set, Keep(set.With(session, serial, isShared: true)));
        return true;
    }

    /// <summary>False when it is not there.</summary>
    public bool Remove(ref Recipients<T> set, T session)
    {
        var place = set.PlaceOf(session);
        if (place < 0) return false;
        if (set.Count == 1) Release(ref set);
        else if (set.Count > few + 1) set.RemoveAt(place);
        else if (_few.TryGetValue(set.Id - SetDigest.Of(set.SerialAt(place)), out var known)) Take(ref set, known);
        else Take(ref set, Keep(set.Without(place)));
        return true;
    }

    /// <summary>The group has none any more.</summary>
    public void Release(ref Recipients<T> set)
    {
        Release(set);
        set = Recipients<T>.None;
    }

    /// <summary>The shared arrays of a group's recipients, in place of those that it held; null when a few members here are all, whose set has the array.</summary>
    public void Exchange(ref Set? held, Recipients<T> local, Recipients<T> links)
    {
        var wanted = Hold(local, links);
        Release(ref held);
        held = wanted;
    }

    public void Release(ref Set? held)
    {
        Release(held);
        held = null;
    }

    private void Take(ref Recipients<T> set, Recipients<T> next)
    {
        next.Users++;
        Release(set);
        set = next;
    }

    private Recipients<T> Keep(Recipients<T> set)
    {
        _few.Add(set.Id, set);
        return set;
    }

    private void Release(Recipients<T> set)
    {
        if (set.Count > 0 && --set.Users == 0) _few.Remove(set.Id);
    }

    private Set? Hold(Recipients<T> local, Recipients<T> links)
    {
        if (links.Count == 0 && local.IsShared) return null;
        var id = local.Id + links.Id;
        if (!_sets.TryGetValue(id, out var set)) _sets.Add(id, set = Make(id, local, links));
        set.Users++;
        return set;
    }

    private Set Make(UInt128 id, Recipients<T> local, Recipients<T> links)
    {
        var here = links.Count == 0 ? null : Hold(local, Recipients<T>.None); // with links or without, members here have one array
        var array = here?.Local ?? local.ToArray();
        return new Set(id, array, links.Count == 0 ? array : [.. array, .. links.All], here);
    }

    private void Release(Set? set)
    {
        if (set is null || --set.Users > 0) return;
        _sets.Remove(set.Id);
        Release(set.Here);
    }

    /// <summary>Arrays that so many groups hold. A group keeps this instead of the digest, which is four times as long.</summary>
    internal sealed class Set(UInt128 id, T[] local, T[] all, Set? here)
    {
        public UInt128 Id => id;

        /// <summary>The members here.</summary>
        public T[] Local => local;

        /// <summary>They and the links.</summary>
        public T[] All => all;

        /// <summary>Where the members here alone are from.</summary>
        public Set? Here => here;

        public int Users { get; set; }
    }
}
