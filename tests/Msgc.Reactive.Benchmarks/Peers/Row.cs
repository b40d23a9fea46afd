namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>One peer at one workload.</summary>
internal sealed record Row(Workload Workload, IPeer Peer, Measurement Measured);
