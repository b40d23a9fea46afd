namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>
/// Measures peers side by side: each server in a process of its own for the whole session, all clients in this one, and the rounds of all
/// peers in turn, so that a drift of the machine meets all of them. A peer that loses messages, or fails otherwise, has no figure for that workload;
/// when it is us there is no report at all.
/// </summary>
internal static class PeersCommand
{
    /// <summary>When the machine's host took away a larger part of the processors' time the round is measured anew.</summary>
    private const double MaxStolen = 0.01;

    private static readonly IPeer[] Peers =
    [
        new RelayPeer(), new NatsPeer(), new RedisPeer(), new MqttPeer(), new MsgcPeer(), new MsgcPeer(linq: true), new MsgcPeer(fastSockets: true),
        new NatsPeer(mesh: true), new MsgcPeer(mesh: true),
    ];

    public static async Task<int> RunAsync(PeersOptions options)
    {
        var servers = new Dictionary<string, IServers>();
        try
        {
            var present = new List<IPeer>();
            foreach (var peer in Peers.Where(options.Wants))
            {
                if (!servers.ContainsKey(peer.Server) && await peer.StartAsync() is { } server) servers.Add(peer.Server, server);
                if (servers.ContainsKey(peer.Server)) present.Add(peer);
                else Console.Error.WriteLine($"{peer.Name} is skipped: {peer.Server} is not installed.");
            }
            var rows = new List<Row>();
            foreach (var workload in Workload.All.Where(options.Wants)) rows.AddRange(await MeasureAsync(workload, present, servers, new Results([.. rows]), options));
            var results = new Results(rows);
            Report.Write(results, Console.Out);
            if (options.Csv is { } file) await File.WriteAllTextAsync(file, Report.Csv(results));
            return results.Void().Any() ? 1 : 0;
        }
        finally
        {
            foreach (var server in servers.Values) await server.DisposeAsync();
        }
    }

    private static async Task<IEnumerable<Row>> MeasureAsync(
        Workload workload, IEnumerable<IPeer> present, Dictionary<string, IServers> servers, Results before, PeersOptions options)
    {
        // Half of its most is only known for who has been measured at that.
        IPeer[] peers = [.. present.Where(p => p.Takes(workload) && workload.For(p, before) is not null)];
        var measured = peers.ToDictionary(p => p, _ => new List<Measurement>());
        for (var round = 0; round < options.RoundsOf(workload); round++)
        {
            foreach (var peer in peers.Where(peer => measured[peer].Count == round)) // who has failed has no figure any more
            {
                Console.Error.WriteLine($"{workload.Name}, round {round + 1}, {peer.Name}");
                try
                {
                    measured[peer].Add(await LeastDisturbedAsync(() => new Round(peer, workload.For(peer, before)!, servers[peer.Server], options), options.MaxAgain));
                }
                catch (Exception error) when (peer is not MsgcPeer)
                {
                    Console.Error.WriteLine($"{peer.Name} has no figure for {workload.Name}: {error}");
                }
            }
        }
        return peers.Where(peer => measured[peer].Count == options.RoundsOf(workload)).Select(peer => new Row(workload, peer, Measurement.Median(measured[peer])));
    }

    /// <summary>
    /// A round with next to no time stolen, or else, of several, the one with the least; how fast it was plays no part. A message that is lost in any
    /// of them is lost.
    /// </summary>
    private static async Task<Measurement> LeastDisturbedAsync(Func<Round> round, int maxAgain)
    {
        var best = await round().RunAsync();
        var again = 0;
        for (; again < maxAgain && best.Stolen > MaxStolen; again++)
        {
            Console.Error.WriteLine(FormattableString.Invariant($"Once more: the host took {best.Stolen:0.0 %} of the processors' time."));
            var next = await round().RunAsync();
            if (next.Stolen < best.Stolen) best = next;
        }
        return best with { Again = again };
    }
}
