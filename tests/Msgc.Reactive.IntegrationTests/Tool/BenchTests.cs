using System.Text.Json;

namespace Msgc.Reactive.IntegrationTests.Tool;

public sealed class BenchTests : IAsyncLifetime
{
    private ToolProcess _server = null!;
    private string _endpoint = null!;

    public async Task InitializeAsync() => (_server, _endpoint) = await ToolProcess.StartServerAsync("--name", "here");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task All_messages_of_all_publishers_arrive_at_all_subscribers_once_in_order()
    {
        var result = await ToolProcess.RunAsync(
            ["bench", "--messages", "2000", "--publishers", "2", "--subscribers", "3", "--groups", "3", "--warm-up", "0.1", "--json", "--server", _endpoint]);

        Assert.True(result.ExitCode == 0, result.Errors);
        var figures = JsonDocument.Parse(result.Text).RootElement;
        AssertComplete(figures, published: 4000, members: 3);
        Assert.True(Number(figures, "deliveredPerSecond") > 0);
        Assert.Equal(3 * 2 * Math.Ceiling(2000 / 64.0), Number(figures.GetProperty("latencyMicroseconds"), "samples"));
    }

    [Fact]
    public async Task At_a_rate_every_message_is_timed()
    {
        var result = await ToolProcess.RunAsync(
            ["bench", "--rate", "400", "--duration", "0.5", "--subscribers", "2", "--warm-up", "0", "--json", "--server", _endpoint]);

        Assert.True(result.ExitCode == 0, result.Errors);
        var figures = JsonDocument.Parse(result.Text).RootElement;
        var published = (long)Number(figures, "published");
        Assert.InRange(published, 1, 200);
        AssertComplete(figures, published, members: 2);
        var latency = figures.GetProperty("latencyMicroseconds");
        Assert.Equal(2 * published, Number(latency, "samples"));
        Assert.InRange(Number(figures.GetProperty("oversleptMicroseconds"), "samples"), 1, published);
        string[] rising = ["p50", "p90", "p99", "p999", "max"];
        Assert.Equal(rising.Select(name => Number(latency, name)).Order(), rising.Select(name => Number(latency, name)));
    }

    [Fact]
    public async Task At_a_rate_what_a_server_that_stops_holds_up_has_waited_since_it_was_due()
    {
        await using var bench = ToolProcess.Start("bench", "--rate", "20000", "--messages", "120000", "--warm-up", "0", "--json", "--server", _endpoint);
        await bench.ErrorLineAsync("", contains: " delivered in ");
        await _server.SignalAsync("STOP");
        await bench.ErrorLineAsync("", contains: " delivered in ");
        await _server.SignalAsync("CONT");
        var result = await bench.EndAsync();

        Assert.True(result.ExitCode == 0, result.Errors);
        var figures = JsonDocument.Parse(result.Text).RootElement;
        Assert.Equal(120_000, Number(figures, "published"));
        // A third of the messages were due meanwhile. Only 5000 of them, less than a twentieth, fit into the queue: if the others were timed
        // from when the publisher came to them, 90 of 100 would seem to have been fast.
        Assert.True(Number(figures.GetProperty("latencyMicroseconds"), "p90") > 500_000, result.Text);
    }

    [Fact]
    public async Task Publishers_and_subscribers_at_different_servers_of_a_mesh_measure_its_link()
    {
        await using var mesh = await MeshProcesses.StartAsync(["north", "south"]);

        var result = await ToolProcess.RunAsync(
            ["bench", "--messages", "2000", "--warm-up", "0.1", "--subscribers", "2", "--json", "--publish-to", mesh.Endpoints[0], "--subscribe-at", mesh.Endpoints[1]]);

        Assert.True(result.ExitCode == 0, result.Errors);
        AssertComplete(JsonDocument.Parse(result.Text).RootElement, published: 2000, members: 2);
    }

    [Fact]
    public async Task Results_are_lines_for_people_and_the_histogram_a_file()
    {
        var file = Path.Combine(Path.GetTempPath(), $"msgc-{Guid.NewGuid():N}.hgrm");
        try
        {
            var result = await ToolProcess.RunAsync(["bench", "--messages", "640", "--warm-up", "0", "--histogram", file, "--server", _endpoint]);

            Assert.True(result.ExitCode == 0, result.Errors);
            Assert.Equal(["load", "published", "delivered", "lost", "latency", ""], result.Lines.Select(line => line.Split(' ')[0]));
            Assert.Contains("delivered  640 of 640 in ", result.Text, StringComparison.Ordinal);
            Assert.Contains("lost       0 in 0 gaps, 0 duplicated, 0 out of order", result.Text, StringComparison.Ordinal);
            Assert.Contains("Total count    =           10]", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_ends_it_early_with_what_was_measured_so_far(string signal)
    {
        await using var bench = ToolProcess.Start("bench", "--duration", "600", "--rate", "1000", "--warm-up", "0", "--json", "--server", _endpoint);
        await bench.ErrorLineAsync("", contains: " delivered in ");

        await bench.SignalAsync(signal);
        var result = await bench.EndAsync();

        Assert.True(result.ExitCode == 0, result.Errors);
        var figures = JsonDocument.Parse(result.Text).RootElement;
        var published = (long)Number(figures, "published");
        Assert.InRange(published, 1, 599_000);
        AssertComplete(figures, published, members: 1);
    }

    [Fact]
    public async Task What_a_killed_server_takes_with_it_is_counted_and_ends_it_with_1()
    {
        await using var bench = ToolProcess.Start("bench", "--duration", "4", "--warm-up", "0", "--json", "--server", _endpoint);
        await bench.ErrorLineAsync("", contains: " delivered in ");

        await _server.SignalAsync("KILL");
        await _server.EndAsync();
        await using var again = ToolProcess.Start("server", "--listen", _endpoint);
        var result = await bench.EndAsync();

        Assert.True(result.ExitCode == 1, result.Errors);
        Assert.Contains("bench-publisher-1: lost here: ", result.Errors, StringComparison.Ordinal);
        Assert.Contains("bench-subscriber-1: lost here: ", result.Errors, StringComparison.Ordinal);
        Assert.Equal("msgc: not every message has arrived once, in order", result.ErrorLines[^1]);
        var figures = JsonDocument.Parse(result.Text).RootElement;
        Assert.True(Number(figures, "lost") > 0, result.Text);
        Assert.True(Number(figures, "gaps") > 0, result.Text);
        Assert.Equal(Number(figures, "expected") - Number(figures, "delivered"), Number(figures, "lost"));
        Assert.Equal((0, 0), (Number(figures, "duplicated"), Number(figures, "outOfOrder")));
    }

    private static void AssertComplete(JsonElement figures, long published, int members)
    {
        Assert.Equal(published, Number(figures, "published"));
        Assert.Equal(published * members, Number(figures, "expected"));
        Assert.Equal(published * members, Number(figures, "delivered"));
        Assert.Equal([0, 0, 0, 0], ((string[])["lost", "gaps", "duplicated", "outOfOrder"]).Select(name => Number(figures, name)));
    }

    private static double Number(JsonElement figures, string name) => figures.GetProperty(name).GetDouble();
}
