namespace Msgc.Reactive.Testing;

/// <content>What there is between hosts.</content>
public sealed partial class SimulatedNetwork
{
    /// <summary>Connections between two hosts of which at least one side has not ended.</summary>
    public int ConnectionsBetween(string hostA, string hostB) => _connections.Count(connection => IsBetween(connection, hostA, hostB));

    /// <summary>Breaks all connections of a host: its own side and the others' end with <see cref="MsgcCause.Transport"/>, and what was under way is lost.</summary>
    public void Break(string host)
    {
        foreach (var other in _hosts.Keys.Order(StringComparer.Ordinal).ToList()) Break(host, other);
    }
}
