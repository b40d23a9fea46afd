namespace Msgc.Reactive.Groups;

/// <summary>Groups with equal recipients share one array of them, so that a run goes on from one group to the next.</summary>
internal sealed class RecipientSets<T>
    where T : class
{
    private readonly Dictionary<UInt128, Shared> _sets = [];

    /// <summary>The shared array of the set with that digest; hand back what the group held before.</summary>
    /// <param name="held">The digest of the set that the group holds, if it does.</param>
    /// <param name="id">The digest of the set that it wants.</param>
    /// <param name="recipients">The set, when nobody holds it yet.</param>
    public T[] Exchange(ref UInt128? held, UInt128 id, Func<IEnumerable<T>> recipients)
    {
        if (!_sets.TryGetValue(id, out var set)) _sets.Add(id, set = new Shared([.. recipients()]));
        set.Users++;
        Release(ref held);
        held = id;
        return set.Recipients;
    }

    public void Release(ref UInt128? held)
    {
        if (held is { } id && --_sets[id].Users == 0) _sets.Remove(id);
        held = null;
    }

    private sealed class Shared(T[] recipients)
    {
        public T[] Recipients => recipients;

        public int Users { get; set; }
    }
}
