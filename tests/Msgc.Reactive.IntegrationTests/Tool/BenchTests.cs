using System.Text.Json;

namespace Msgc.Reactive.IntegrationTests.Tool;

public sealed class BenchTests
{
    [Fact]
    public async Task Over_two_servers_everything_arrives_and_the_figures_add_up()
    {
        await using var mesh = await MeshProcesses.StartAsync(["a", "b"]);

        var result = await ToolProcess.RunAsync(
            ["bench", "--count", "2000", "--publishers", "2", "--subscribers", "3", "--groups", "5", "--json", "--server", mesh.Endpoints[0], "--subscribe-at", mesh.Endpoints[1]]);

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        using var json = JsonDocument.Parse(Assert.Single(result.Lines));
        long Number(string name) => json.RootElement.GetProperty(name).GetInt64();
        Assert.Equal((4000, 12_000, 12_000, 0, 0, 0), (Number("published"), Number("expected"), Number("delivered"), Number("lost"), Number("outOfOrder"), Number("gaps")));
        Assert.True(json.RootElement.GetProperty("latencyMicroseconds").GetProperty("p50").GetDouble() > 0);
    }

    [Fact]
    public async Task At_a_rate_the_text_tells_latencies_and_the_histogram_is_written()
    {
        var (server, endpoint) = await ToolProcess.StartServerAsync();
        await using var _ = server;
        var file = Path.GetTempFileName();
        try
        {
            var result = await ToolProcess.RunAsync(["bench", "--rate", "200", "--seconds", "1", "--histogram", file, "--server", endpoint]);

            Assert.Equal((0, ""), (result.ExitCode, result.Errors));
            Assert.Equal(["published", "delivered", "lost", "latency"], result.Lines.Select(line => line.Split(' ')[0]));
            Assert.Contains("Percentile", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Asked_to_end_it_tells_what_it_has_measured()
    {
        var (server, endpoint) = await ToolProcess.StartServerAsync("--name", "s", "--verbose");
        await using var _ = server;
        await using var bench = ToolProcess.Start("bench", "--seconds", "3600", "--server", endpoint);
        await using var top = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = [endpoint] });
        var published = new TaskCompletionSource();
        using var subscription = top.Group("$msgc.stats").Subscribe(m =>
        {
            using var json = JsonDocument.Parse(m.Payload);
            if (json.RootElement.GetProperty("totals").GetProperty("messagesIn").GetInt64() > 10_000) published.TrySetResult();
        });
        await published.Task.WaitAsync(TimeSpan.FromMinutes(1));

        await bench.SignalAsync("INT");
        var result = await bench.EndAsync();

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.StartsWith("published  ", result.Lines[0], StringComparison.Ordinal);
        Assert.Equal("lost       0, out of order 0, gaps 0", result.Lines[2]);
    }

    [Fact]
    public async Task A_payload_too_small_for_its_stamp_is_wrong_usage()
    {
        var result = await ToolProcess.RunAsync(["bench", "--size", "8"]);

        Assert.Equal((2, "msgc: --size is '8'; write a whole number from 16 to 536870912."), (result.ExitCode, result.ErrorLines[0]));
    }

    [Fact]
    public async Task No_server_is_a_failure()
    {
        var port = FreePorts.Take(1)[0];

        var result = await ToolProcess.RunAsync(["bench", "--server", $"127.0.0.1:{port}"]);

        Assert.Equal((1, $"msgc: cannot connect to 127.0.0.1:{port}: connection refused"), (result.ExitCode, Assert.Single(result.ErrorLines)));
    }
}
