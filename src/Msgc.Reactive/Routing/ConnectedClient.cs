using System.Diagnostics.CodeAnalysis;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Routing;

/// <summary>A client that is connected here, and what it has asked for.</summary>
internal sealed class ConnectedClient
{
    // Made when they are wanted: there are many clients that join nothing.
    private HashSet<Route>? _joined;
    private Dictionary<Route, ServerSession>? _inherited; // what older sessions had joined and this one has not joined again yet, and which
    private Dictionary<Route, Watcher>? _watched;

    public ConnectedClient(ServerSession session, ulong serial, ConnectedClient? older)
    {
        Session = session;
        Serial = serial;
        if (older is not { HasJoined: true }) return;
        _inherited = older.Joined.ToDictionary(route => route, _ => older.Session);
        foreach (var (route, oldest) in older.TakeInherited()) _inherited.TryAdd(route, oldest);
    }

    public ulong Serial { get; }

    public ServerSession Session { get; }

    /// <summary>Leaves that wait for the peers.</summary>
    public int Leaving { get; set; }

    /// <summary>What it has joined.</summary>
    public HashSet<Route> Joined => _joined ??= [];

    public Dictionary<Route, Watcher> Watched => _watched ??= [];

    /// <summary>Itself, or the session before it.</summary>
    public bool HasJoined => _joined is { Count: > 0 } || _inherited is { Count: > 0 };

    /// <summary>True when it had inherited that one; it has not any more.</summary>
    public bool TryDisinherit(Route route, [NotNullWhen(true)] out ServerSession? older)
    {
        older = null;
        return _inherited is not null && _inherited.Remove(route, out older);
    }

    /// <summary>From now on it has inherited nothing, and this is what it had.</summary>
    public IEnumerable<KeyValuePair<Route, ServerSession>> TakeInherited()
    {
        var all = _inherited;
        _inherited = null;
        return all ?? Enumerable.Empty<KeyValuePair<Route, ServerSession>>();
    }
}
