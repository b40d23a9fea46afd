using System.CommandLine;
using Msgc.Tool.Bench;

namespace Msgc.Tool;

/// <summary><c>msgc bench</c>: measures a running server, or mesh, under load.</summary>
internal sealed class BenchCommand : ToolCommand
{
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DefaultWarmUp = TimeSpan.FromSeconds(1);

    private readonly Option<string[]> _servers = Parameters.Servers();
    private readonly Option<string[]> _publishTo = Parameters.ServersAs("--publish-to", "Where publishers connect, in place of --server. Repeatable.");
    private readonly Option<string[]> _subscribeAt = Parameters.ServersAs("--subscribe-at", "Where subscribers connect, in place of --server. Repeatable.");
    private readonly Option<int> _publishers = Parameters.Whole("--publishers", "Publishers, each with a connection of its own.", 1, 1, 1000);
    private readonly Option<int> _subscribers = Parameters.Whole("--subscribers", "Subscribers, each with a connection of its own and a member of all groups.", 1, 1, 1000);
    private readonly Option<int> _groups = Parameters.Whole("--groups", "Groups; each publisher publishes to them in turn.", 1, 1, 1000);
    private readonly Option<int> _size = Parameters.Whole("--size", "Bytes of a message's payload.", 128, Stamp.Bytes, 1 << 30);
    private readonly Option<long?> _messages = Parameters.Count("End after N messages of each publisher.", "--messages");
    private readonly Option<TimeSpan?> _duration = Parameters.Seconds("--duration", "End after so long. Default: 10, unless --messages is given.", orZero: false);
    private readonly Option<double?> _rate = Parameters.Rate("Publish N messages per second, each publisher. Default: as fast as flow control allows.");
    private readonly Option<TimeSpan?> _warmUp = Parameters.Seconds("--warm-up", "Publish so long before, unmeasured. Default: 1.", orZero: true);
    private readonly Option<bool> _json = new("--json") { Description = "Print the results as one JSON object." };
    private readonly Option<string?> _histogram = new("--histogram") { Description = "Write the latencies' percentile distribution, in µs, as HdrHistogram does (.hgrm).", HelpName = "FILE" };

    public BenchCommand()
        : base("bench", "Measure a running server, or a mesh: throughput, latency, loss and order.")
    {
        foreach (var option in (Option[])[_servers, _publishTo, _subscribeAt, _publishers, _subscribers, _groups, _size, _messages, _duration, _rate, _warmUp, _json, _histogram])
            Add(option);
        SetAction(RunAsync);
    }

    public override string Epilogue => """
        Examples:
          $ msgc bench
          $ msgc bench --publishers 2 --subscribers 10 --size 1024 --duration 30
          $ msgc bench --rate 1000 --histogram latency.hgrm
          $ msgc bench --publish-to north:4809 --subscribe-at south:4809 --rate 500
          $ msgc bench --messages 100000 --json | jq .deliveredPerSecond

        Each message is checked: that it arrives at each subscriber, once, in order.
        Latency is one way, on this machine's clock. With --rate that of every message,
        from when it was due, so that waiting for a slow server counts; what publishers
        overslept is part of it, and shown. Without, that of every 64th message, from
        the call on: queues are full then, and it is the time spent in them. Published
        counts until a server has handled all, delivered until the last has arrived.
        Ctrl-C and SIGTERM end it early, with what there is so far.
        Exit codes: 0 all arrived, once, in order; 1 not so, or no server of a list
        could be reached; 2 wrong usage.
        """;

    private async Task<int> RunAsync(ParseResult line)
    {
        using var interrupt = new Interrupt();
        using var histogram = line.GetValue(_histogram) is { } file ? Create(file) : null;
        await using var bench = new Benchmark(Load(line));
        try
        {
            await BenchProgress.ShowAsync(bench, async () =>
            {
                await bench.ConnectAsync(interrupt.Token);
                await bench.WarmUpAsync(interrupt.Token);
                await bench.MeasureAsync(interrupt.Token);
            });
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            throw new Failure("ended before anything was measured");
        }
        var result = bench.Result();
        if (line.GetValue(_json)) Console.Out.WriteLine(BenchReport.Json(result));
        else Console.Out.Write(BenchReport.Text(result));
        if (histogram is not null) result.Latencies.Write(histogram);
        return result.IsRight ? ExitCode.Done : throw new Failure("not every message has arrived once, in order");
    }

    private static StreamWriter Create(string file)
    {
        try
        {
            return new StreamWriter(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new Failure($"cannot write '{file}': {error.Message.Split(" (Parameter")[0]}");
        }
    }

    private Workload Load(ParseResult line)
    {
        var servers = line.GetRequiredValue(_servers);
        var messages = line.GetValue(_messages);
        return new Workload
        {
            PublishTo = line.GetValue(_publishTo) is { Length: > 0 } publishTo ? publishTo : servers,
            SubscribeAt = line.GetValue(_subscribeAt) is { Length: > 0 } subscribeAt ? subscribeAt : servers,
            Publishers = line.GetValue(_publishers),
            Subscribers = line.GetValue(_subscribers),
            Groups = line.GetValue(_groups),
            Size = line.GetValue(_size),
            Messages = messages,
            Duration = line.GetValue(_duration) ?? (messages is null ? DefaultDuration : null),
            Rate = line.GetValue(_rate),
            WarmUp = line.GetValue(_warmUp) ?? DefaultWarmUp,
        };
    }
}
