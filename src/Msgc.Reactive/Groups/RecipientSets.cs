namespace Msgc.Reactive.Groups;

/// <summary>Groups with equal recipients share one array of them, so that a run goes on from one group to the next.</summary>
internal sealed class RecipientSets<T>
    where T : class
{
    private readonly Dictionary<UInt128, Set> _sets = [];

    /// <summary>The shared array of the set with that digest; hand back what the group held before.</summary>
    /// <param name="held">The set that the group holds, if it does.</param>
    /// <param name="id">The digest of the set that it wants.</param>
    /// <param name="recipients">The set, when nobody holds it yet.</param>
    public T[] Exchange(ref Set? held, UInt128 id, Func<IEnumerable<T>> recipients)
    {
        if (!_sets.TryGetValue(id, out var set)) _sets.Add(id, set = new Set(id, [.. recipients()]));
        set.Users++;
        Release(ref held);
        held = set;
        return set.Recipients;
    }

    public void Release(ref Set? held)
    {
        if (held is not null && --held.Users == 0) _sets.Remove(held.Id);
        held = null;
    }

    /// <summary>One array, and how many groups hold it. A group keeps this instead of the digest, which is four times as long.</summary>
    internal sealed class Set(UInt128 id, T[] recipients)
    {
        public UInt128 Id => id;

        public T[] Recipients => recipients;

        public int Users { get; set; }
    }
}
