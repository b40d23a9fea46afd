using System.CommandLine;
using System.Globalization;
using System.Reactive.Concurrency;
using HdrHistogram;
using Spectre.Console;

namespace Msgc.Tool.Bench;

/// <summary><c>msgc bench</c>: publishes and subscribes at full speed, or at a rate, and tells rates and latencies.</summary>
internal sealed class BenchCommand : ToolCommand
{
    private readonly Option<string[]> _servers = Parameters.Servers();
    private readonly Option<string[]> _subscribeAt = Parameters.Endpoints("--subscribe-at", "A server for the subscribers, where it is to be another one. Repeatable.");
    private readonly Option<long> _publishers = Parameters.Whole("--publishers", "Clients that publish.", 1, 1, 10_000);
    private readonly Option<long> _subscribers = Parameters.Whole("--subscribers", "Clients that subscribe, each to all groups.", 1, 1, 10_000);
    private readonly Option<long> _groups = Parameters.Whole("--groups", "Groups, published to in turn.", 1, 1, 100_000);
    private readonly Option<long> _size = Parameters.Whole("--size", "Bytes of a payload; the first 16 are the benchmark's own.", 128, BenchStamp.Bytes, 1 << 29);
    private readonly Option<long?> _count = Parameters.Count("Publish N messages with each publisher. Default: as many as go in --seconds.");
    private readonly Option<long> _seconds = Parameters.Whole("--seconds", "How long to publish.", 5, 1, 86_400);
    private readonly Option<double?> _rate = Parameters.Rate("Messages per second of each publisher. Default: as fast as flow control lets them.");
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object." };
    private readonly Option<string?> _histogram = new("--histogram") { Description = "Write the latencies' distribution, in microseconds, to a file.", HelpName = "FILE" };

    public BenchCommand()
        : base("bench", "Measure publishing and subscribing: rates, losses, latencies.")
    {
        Option[] options = [_servers, _subscribeAt, _publishers, _subscribers, _groups, _size, _count, _seconds, _rate, _json, _histogram];
        foreach (var option in options) Add(option);
        SetAction(RunAsync);
    }

    public override string Epilogue => """
        Examples:
          $ msgc bench
          $ msgc bench --subscribers 10 --size 1024 --seconds 10
          $ msgc bench --rate 1000 --histogram latency.hgrm
          $ msgc bench --server north:4809 --subscribe-at south:4809 --json | jq .deliveredPerSecond

        Groups are the benchmark's own, after a warm-up of a second. Each message's number
        is checked. With --rate a latency counts from when the message was due, so that
        delays add up as they would for users; without, one message in 64 is timed, and
        mostly waits in queues.
        Exit codes: 0 everything arrived, in order; 1 not so, or no server of a list can
        be reached; 2 wrong usage.
        """;

    private async Task<int> RunAsync(ParseResult line)
    {
        using var interrupt = new Interrupt();
        var servers = line.GetRequiredValue(_servers);
        var subscribeAt = line.GetValue(_subscribeAt);
        var plan = new BenchPlan(servers, subscribeAt is { Length: > 0 } ? subscribeAt : servers)
        {
            Publishers = (int)line.GetValue(_publishers),
            Subscribers = (int)line.GetValue(_subscribers),
            Groups = (int)line.GetValue(_groups),
            Size = (int)line.GetValue(_size),
            Messages = line.GetValue(_count),
            Seconds = line.GetValue(_seconds),
            Rate = line.GetValue(_rate),
        };
        await using var run = new BenchRun(plan, interrupt.Token);
        BenchResult? result = null;
        try
        {
            await run.ConnectAsync();
            await ShowAsync(run, async () => result = await run.MeasureAsync());
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
        catch (ArgumentException error)
        {
            throw new Failure(error.Message.Split(" (Parameter")[0]);
        }
        Print(result!, line.GetValue(_json));
        if (line.GetValue(_histogram) is { } file) Write(result!, file);
        return result!.IsGood ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task ShowAsync(BenchRun run, Func<Task> work)
    {
        if (Notice.Terminal is not { } terminal)
        {
            await work();
            return;
        }
        await terminal.Status().StartAsync("measuring", async status =>
        {
            using (DefaultScheduler.Instance.SchedulePeriodic(TimeSpan.FromMilliseconds(200), () => status.Status(run.ToString()))) await work();
        });
    }

    private static void Print(BenchResult result, bool isJson)
    {
        var output = new LineOutput(LineOutput.Standard(), DefaultScheduler.Instance);
        if (isJson) output.Write(result, static (r, line) => r.Json(line));
        else
        {
            foreach (var line in result.Lines()) output.Write(line);
        }
        output.Flush();
    }

    private static void Write(BenchResult result, string file)
    {
        try
        {
            using var writer = new StreamWriter(file);
            result.Latencies.OutputPercentileDistribution(writer, 5, TimeSpan.TicksPerMicrosecond);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new Failure($"cannot write the histogram to '{file}': {error.Message.Split(" (Parameter")[0]}");
        }
    }
}
