namespace Msgc.Reactive.Simulation.Scenarios;

/// <summary>All that happens in one simulated cluster: who is there, with which options, and the steps in order.</summary>
/// <param name="Seed">Of the cluster: ids, jitter, latencies.</param>
/// <param name="Weather">What may go wrong.</param>
/// <param name="Servers">How many.</param>
/// <param name="Clients">For each the indices of the servers that it knows.</param>
/// <param name="Groups">How many.</param>
/// <param name="Rules">The options of all.</param>
/// <param name="Steps">What happens, in order.</param>
/// <param name="End">When the last fault is over, ticks.</param>
internal sealed record Scenario(
    ulong Seed, Weather Weather, int Servers, IReadOnlyList<int[]> Clients, int Groups, Rules Rules, IReadOnlyList<Step> Steps, long End)
{
    public static string GroupName(int group) => group switch { 0 => "x", 1 => "y", 2 => "z", _ => $"g{group}" };

    public static string ClientName(int client) => $"c{client}";

    /// <summary>True for clients that observe with a queue that waits, so that reading pauses: every fifth.</summary>
    public static bool Waits(int client) => client % 5 == 2;

    /// <summary>A host's name, by its number.</summary>
    public string HostName(int host) => host < Servers ? $"s{host}" : ClientName(host - Servers);
}
