using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Routing;

/// <summary>A link as the tables know it. Under their gate.</summary>
internal sealed class Link(ServerSession session, string server, ulong serial, RouteTable table)
{
    public ServerSession Session => session;

    /// <summary>The name of the server at the far end.</summary>
    public string Server => server;

    public ulong Serial => serial;

    public Outbox Outbox => session.Outbox;

    /// <summary>Tells the far end of the groups that have members here.</summary>
    public InterestFeed Feed { get; } = new(table, session.Outbox);

    /// <summary>Tells the far end of the groups whose members there clients here want to know.</summary>
    public WatchFeed WatchFeed { get; } = new(table.Gate, session.Outbox);

    /// <summary>Up to there the far end knows of groups with members here.</summary>
    public ulong Confirmed { get; set; }

    /// <summary>The groups that the far end has members of, each with the serial under which it said so.</summary>
    public Dictionary<Route, ulong> Interests { get; } = [];

    /// <summary>The groups whose members there clients here want to know.</summary>
    public Dictionary<Route, RemoteView> Views { get; } = [];

    /// <summary>The groups whose members here the far end wants to know.</summary>
    public Dictionary<Route, Watcher> Watched { get; } = [];

    /// <summary>The flush that it has not answered yet, or 0.</summary>
    public ulong AwaitedFlush { get; set; }

    /// <summary>The far end is stopping.</summary>
    public bool IsDraining { get; set; }

    /// <summary>The far end has stopped, and nothing is missing.</summary>
    public bool IsDrained { get; set; }

    /// <summary>What has come of a group's members at the far end, until it is whole.</summary>
    internal sealed class RemoteView
    {
        public bool IsSnapshot { get; set; }

        public List<ViewEntry> Entries { get; } = [];
    }
}
