namespace Msgc.Reactive.Groups;

/// <summary>
/// Sessions that a group's messages go to, each once. Their order depends on what was added and removed alone. A shared set never
/// changes, and all groups that have the same sessions have it; one that is not shared belongs to one group, and changes. Made by <see cref="RecipientSets{T}"/>.
/// </summary>
internal sealed class Recipients<T>
    where T : class
{
    public static readonly Recipients<T> None = new([], [], 0, isShared: true);

    private readonly Dictionary<T, int>? _places;
    private T[] _sessions;
    private ulong[] _serials;

    private Recipients(T[] sessions, ulong[] serials, UInt128 id, bool isShared)
    {
        (_sessions, _serials, Count, Id) = (sessions, serials, sessions.Length, id);
        if (isShared) return;
        _places = [];
        for (var i = 0; i < Count; i++) _places.Add(sessions[i], i);
    }

    /// <summary>It never changes, and is searched one by one.</summary>
    public bool IsShared => _places is null;

    public int Count { get; private set; }

    /// <summary>Digest of their serials: equal for equal sets.</summary>
    public UInt128 Id { get; private set; }

    /// <summary>How many groups have it.</summary>
    public int Users { get; set; }

    public ReadOnlySpan<T> All => _sessions.AsSpan(0, Count);

    /// <summary>The same array each time when it is shared.</summary>
    public T[] ToArray() => IsShared ? _sessions : All.ToArray();

    public ulong SerialAt(int place) => _serials[place];

    /// <summary>Where the session is, or -1.</summary>
    public int PlaceOf(T session)
    {
        if (_places is not null) return _places.GetValueOrDefault(session, -1);
        for (var i = 0; i < _sessions.Length; i++)
        {
            if (_sessions[i] == session) return i;
        }
        return -1;
    }

    public Recipients<T> With(T session, ulong serial, bool isShared) =>
        new([.. All, session], [.. _serials.AsSpan(0, Count), serial], Id + SetDigest.Of(serial), isShared);

    /// <summary>To be shared.</summary>
    public Recipients<T> Without(int place)
    {
        var (sessions, serials, last) = (All[..^1].ToArray(), _serials[..(Count - 1)], Count - 1);
        if (place < last) (sessions[place], serials[place]) = (_sessions[last], _serials[last]);
        return new(sessions, serials, Id - SetDigest.Of(_serials[place]), isShared: true);
    }

    /// <summary>Adds one to a set that is not shared.</summary>
    public void Add(T session, ulong serial)
    {
        if (Count == _sessions.Length)
        {
            Array.Resize(ref _sessions, 2 * Count);
            Array.Resize(ref _serials, 2 * Count);
        }
        _places!.Add(session, Count);
        (_sessions[Count], _serials[Count]) = (session, serial);
        Count++;
        Id += SetDigest.Of(serial);
    }

    /// <summary>Removes one of a set that is not shared.</summary>
    public void RemoveAt(int place)
    {
        Id -= SetDigest.Of(_serials[place]);
        _places!.Remove(_sessions[place]);
        Count--;
        if (place < Count)
        {
            (_sessions[place], _serials[place]) = (_sessions[Count], _serials[Count]);
            _places[_sessions[place]] = place;
        }
        _sessions[Count] = null!;
    }
}
