namespace Msgc.Reactive.Groups;

/// <summary>Sessions that a group's messages go to, each once. Its order depends on what was added and removed alone.</summary>
internal sealed class Recipients<T>
    where T : class
{
    /// <summary>Up to so many are searched for one by one: most groups are small, and there may be a million of them.</summary>
    private const int Few = 8;

    private (T Session, ulong Serial)[] _all = [];
    private Dictionary<T, int>? _places;

    public int Count { get; private set; }

    /// <summary>Digest of their serials: equal for equal sets.</summary>
    public UInt128 Id { get; private set; }

    public IEnumerable<T> All => _all.Take(Count).Select(entry => entry.Session);

    /// <summary>False when it is there already.</summary>
    /// <param name="session">The session.</param>
    /// <param name="serial">A number that no other session of this server ever has.</param>
    public bool Add(T session, ulong serial)
    {
        if (PlaceOf(session) >= 0) return false;
        if (Count == _all.Length) Array.Resize(ref _all, Math.Max(1, 2 * Count));
        _places?.Add(session, Count);
        _all[Count++] = (session, serial);
        if (_places is null && Count > Few) Index();
        Id += SetDigest.Of(serial);
        return true;
    }

    /// <summary>False when it is not there.</summary>
    public bool Remove(T session)
    {
        var place = PlaceOf(session);
        if (place < 0) return false;
        Id -= SetDigest.Of(_all[place].Serial);
        _places?.Remove(session);
        _all[place] = _all[--Count];
        if (_places is not null && place < Count) _places[_all[place].Session] = place;
        _all[Count] = default;
        return true;
    }

    private int PlaceOf(T session)
    {
        if (_places is not null) return _places.TryGetValue(session, out var place) ? place : -1;
        for (var i = 0; i < Count; i++)
        {
            if (_all[i].Session == session) return i;
        }
        return -1;
    }

    private void Index()
    {
        _places = [];
        for (var i = 0; i < Count; i++) _places.Add(_all[i].Session, i);
    }
}
