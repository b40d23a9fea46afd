using System.Globalization;

namespace Msgc.Reactive.IntegrationTests.Tool;

public sealed class ExampleTests
{
    [Fact]
    public async Task Prometheus_scrapes_what_flows_through_server_and_clients()
    {
        var port = FreePorts.Take(1)[0].ToString(CultureInfo.InvariantCulture);
        await using var example = ToolProcess.StartExample("Prometheus", port);
        using var prometheus = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };

        await example.OutputLineAsync("It goes on at ");
        var scraped = (await prometheus.GetStringAsync($"http://localhost:{port}/metrics")).Split('\n');
        example.Input.Close();

        Assert.Equal((0, ""), ((await example.EndAsync()).ExitCode, example.Errors));
        Assert.Equal(2, Value("msgc_server_connections", "client"));
        Assert.InRange(Value("msgc_server_messages_sent_total", "demo"), 100, double.MaxValue);
        Assert.InRange(Value("msgc_client_messages_received_total", "display"), 100, double.MaxValue);

        double Value(string name, string tag) => double.Parse(
            scraped.Single(line => line.StartsWith($"{name}{{", StringComparison.Ordinal) && line.Contains($"\"{tag}\"", StringComparison.Ordinal)).Split(' ')[1],
            CultureInfo.InvariantCulture);
    }
}
