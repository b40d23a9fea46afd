using Msgc.Reactive.Diagnostics;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive;

/// <content>Its figures, gathered when somebody asks.</content>
public sealed partial class MsgcServer
{
    /// <summary>Groups in the statistics at most; more can be neither shown nor compared with profit.</summary>
    private const int MostGroups = 50;

    private ServerStatistics Statistics()
    {
        var (groups, omitted) = _switchboard.Busiest(MostGroups);
        ConnectionStatistics[] connections =
        [
            .. Sessions.Where(session => session.FarEnd is not null)
                .Select(Describe)
                .OrderByDescending(connection => connection.QueuedMessages)
                .ThenBy(connection => connection.Name, StringComparer.Ordinal)
                .ThenBy(connection => connection.Id.ToString(), StringComparer.Ordinal),
        ];
        return new ServerStatistics(NodeName, _incarnation, _clock.Elapsed, Traffic())
        {
            Counts = _counts, Connections = connections, Groups = groups, OmittedGroups = omitted,
        };
    }

    private ConnectionStatistics Describe(ServerSession session)
    {
        var outbox = session.Outbox;
        var used = outbox.Used;
        var id = new MsgcClientId(session.Client?.ClientId ?? session.Peer!.Incarnation);
        return new ConnectionStatistics(session.Peer is not null, session.FarEnd!.Name, id, session.RemoteAddress, _clock.Elapsed - session.Since)
        {
            Traffic = TrafficOf(session),
            QueuedMessages = used.Messages,
            QueuedBytes = used.Bytes,
            QueueAge = outbox.Age,
            IsStalled = outbox.StallUnderWay > 0,
        };
    }

    /// <summary>Live connections and those that have ended, together.</summary>
    private TrafficTotals Traffic()
    {
        lock (_gate) return _sessions.Concat(_linkSessions).Aggregate(_ended, static (sum, session) => sum + TrafficOf(session));
    }

    private static TrafficTotals TrafficOf(ServerSession session)
    {
        var traffic = session.Traffic;
        return new TrafficTotals(traffic.MessagesIn, traffic.BytesIn, traffic.MessagesOut, traffic.BytesOut, session.Outbox.Stalls);
    }

    /// <summary>What the meter shows.</summary>
    private ServerFigures Figures()
    {
        var figures = new ServerFigures { Traffic = Traffic() };
        foreach (var session in Sessions)
        {
            if (session.Peer is not null) figures.Links++;
            else if (session.Client is not null) figures.Clients++;
            var used = session.Outbox.Used;
            figures.QueuedMessages += used.Messages;
            figures.QueuedBytes += used.Bytes;
            var age = session.Outbox.Age;
            if (age > figures.OldestAge) figures.OldestAge = age;
        }
        return figures;
    }
}
