// dotnet run -c Release --project tests/Msgc.Reactive.Benchmarks -- peers [--quick] [--csv FILE] [--peers NAME,...] [--workloads TEXT,...]
// dotnet run -c Release --project tests/Msgc.Reactive.Benchmarks -- costs [--quick] [--only TEXT]
// dotnet run -c Release --project tests/Msgc.Reactive.Benchmarks -- scenarios [--quick] [--only TEXT]
// dotnet run -c Release --project tests/Msgc.Reactive.Benchmarks -- micro [--quick] [--only TEXT]
using Msgc.Reactive.Benchmarks;
using Msgc.Reactive.Benchmarks.Costs;
using Msgc.Reactive.Benchmarks.Micro;
using Msgc.Reactive.Benchmarks.Peers;
using Msgc.Reactive.Benchmarks.Scenarios;
using Msgc.Reactive.Benchmarks.Serving;

const string Usage = """
    peers [--quick] [--csv FILE] [--peers NAME,...] [--workloads TEXT,...]
        Measures ourselves beside others, in one session: the median of five rounds, or of eleven for latency at 1,000/s; one that the
        machine's host disturbs is measured up to three times more. --quick: one short round. --csv: the table as a file, too. --peers:
        these only. --workloads: those with one of the names, or whose name contains the text.
    costs [--quick] [--only TEXT]
        Measures what a server takes per operation as groups, members and servers grow, in this process and without sockets. --quick: fewer
        rounds, without the largest sizes. --only: the dimension whose name contains the text.
    scenarios [--quick] [--only TEXT]
        What throughput does not show: idle connections, a stuck subscriber, a slow one that conflates, a server that returns. --quick: with a
        tenth of the connections and time. --only: the one whose name contains the text.
    micro [--quick] [--only TEXT]
        The steps of the hot path one by one. --quick: fewer iterations. --only: those whose name contains the text.
    serve relay|mqtt|msgc [NAME PEER...]
        A server of its own process; started by peers.
    """;

try
{
    switch (args)
    {
        case ["peers", .. var options]:
            return await PeersCommand.RunAsync(PeersOptions.Parse(options));
        case ["costs", .. var options]:
            return await CostsCommand.RunAsync(Selection.Parse("costs", options));
        case ["scenarios", .. var options]:
            return await ScenariosCommand.RunAsync(Selection.Parse("scenarios", options));
        case ["micro", .. var options]:
            return MicroCommand.Run(Selection.Parse("micro", options));
        case ["serve", var kind, .. var more]:
            return await ServeCommand.RunAsync(kind, more);
    }
}
catch (ArgumentException error)
{
    Console.Error.WriteLine(error.Message);
}
Console.Error.WriteLine(Usage);
return 2;
