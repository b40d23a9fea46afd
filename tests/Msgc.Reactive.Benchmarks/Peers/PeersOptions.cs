namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>What a run is to measure.</summary>
internal sealed record PeersOptions(bool Quick, string? Csv, string[]? Peers, string[]? Workloads)
{
    /// <summary>How long it is warmed up at least; in several rounds the first one warms up, too.</summary>
    public TimeSpan WarmUp => TimeSpan.FromSeconds(Quick ? 3 : 1);

    /// <summary>How often each peer has its turn. High percentiles differ so much from moment to moment that those with a target take more, and shorter ones.</summary>
    public int RoundsOf(Workload workload) => Quick ? 1 : workload is { IsPaced: true, HalfOf: null } ? 11 : 5;

    /// <summary>How long one round of one peer at one workload is measured, about.</summary>
    public TimeSpan MeasuredOf(Workload workload) => TimeSpan.FromSeconds(workload.IsPaced ? 2 : Quick ? 1 : 3);

    /// <summary>How often a round is measured anew, at most, that the machine's host disturbs. That takes its time on a busy one: not for a quick look.</summary>
    public int MaxAgain => Quick ? 0 : 3;

    public static PeersOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new PeersOptions(false, null, null, null);
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--quick" => options with { Quick = true },
                "--csv" when i + 1 < args.Length => options with { Csv = args[++i] },
                "--peers" when i + 1 < args.Length => options with { Peers = args[++i].Split(',') },
                "--workloads" when i + 1 < args.Length => options with { Workloads = args[++i].Split(',') },
                var other => throw new ArgumentException($"peers: what is {other}?"),
            };
        }
        return options;
    }

    public bool Wants(IPeer peer) => Peers is null || Peers.Contains(peer.Name);

    public bool Wants(Workload workload) => Workloads is null || Workloads.Any(text =>
        Workload.All.Any(w => w.Name == text) ? workload.Name == text : workload.Name.Contains(text, StringComparison.OrdinalIgnoreCase));
}
