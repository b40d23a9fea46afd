using Msgc.Reactive.Framing;
using Msgc.Reactive.Groups;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Routing;

/// <summary>A server's groups behind one lock; looking a route up, and reading its recipients, takes none.</summary>
internal sealed partial class RouteTable
{
    private readonly RouteIndex _routes = new();
    private Route? _lastLocal;
    private int _locals;
    private ulong _interests;
    private ulong _serials;
    private int _version;

    public RouteTable(int maxFrameBytes) => NameBuffer = new byte[Math.Min(maxFrameBytes, InterestFrame.MaxBytes) - InterestFrame.HeaderBytes];

    /// <summary>Guards all that follows, and what else is known of clients and links.</summary>
    public Lock Gate { get; } = new();

    public int Version => Volatile.Read(ref _version);

    /// <summary>Where the names of one interest frame are gathered.</summary>
    public byte[] NameBuffer { get; }

    /// <summary>Groups with equal recipients share their array. Most groups have few members.</summary>
    public RecipientSets<ServerSession> Sets { get; } = new(few: 8);

    /// <summary>Most groups are wanted by the same servers as many others.</summary>
    public RecipientSets<ServerSession> LinkSets { get; } = new(few: 128);

    /// <summary>The groups with members here, in the order in which they got the first: a list of <see cref="Route.NextLocal"/>.</summary>
    public Route? FirstLocal { get; private set; }

    public Route? Find(ReadOnlySpan<byte> group) => _routes.Find(group);

    public Route Open(ReadOnlySpan<byte> group)
    {
        if (_routes.Find(group) is { } known) return known;
        var route = new Route(this, group.ToArray());
        _routes.Add(route);
        Interlocked.Increment(ref _version);
        return route;
    }

    public void CloseIfUnused(Route route)
    {
        if (!route.IsUnused || !_routes.Remove(route)) return;
        route.Close();
        Interlocked.Increment(ref _version);
    }

    /// <summary>A number for a session that no other one ever has.</summary>
    public ulong NextSerial() => ++_serials;

    /// <summary>The group has got its first member here.</summary>
    public void AddLocal(Route route)
    {
        _locals++;
        route.Interest = ++_interests;
        route.PreviousLocal = _lastLocal;
        if (_lastLocal is null) FirstLocal = route;
        else _lastLocal.NextLocal = route;
        _lastLocal = route;
    }

    /// <summary>The group has lost its last member here.</summary>
    public void RemoveLocal(Route route)
    {
        _locals--;
        if (route.PreviousLocal is null) FirstLocal = route.NextLocal;
        else route.PreviousLocal.NextLocal = route.NextLocal;
        if (route.NextLocal is null) _lastLocal = route.PreviousLocal;
        else route.NextLocal.PreviousLocal = route.PreviousLocal;
        route.NextLocal = route.PreviousLocal = null;
        route.Interest = 0;
    }
}
