namespace Msgc.Reactive.Groups;

/// <summary>Groups with equal members share one array of recipients, so that a run goes on from one group to the next.</summary>
internal sealed class RecipientSets<T>
    where T : class
{
    private readonly Dictionary<UInt128, Shared> _sets = [];

    /// <summary>The shared array for a group's local members; hand back what the group held before.</summary>
    public T[] Exchange(ref UInt128? held, Roster<T> roster)
    {
        var id = roster.SessionsId;
        if (!_sets.TryGetValue(id, out var set)) _sets.Add(id, set = new Shared([.. roster.Members.Where(m => m.Local is not null).Select(m => m.Local!)]));
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
