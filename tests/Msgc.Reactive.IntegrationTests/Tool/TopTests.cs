using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using System.Text.Json;

namespace Msgc.Reactive.IntegrationTests.Tool;

public sealed class TopTests
{
    [Fact]
    public async Task One_second_of_a_mesh_as_json_has_all_servers_their_connections_and_groups()
    {
        await using var mesh = await MeshProcesses.StartAsync(["a", "b", "c"]);
        await using var sub = await ToolProcess.StartSubAsync("x", "--server", mesh.Endpoints[2]);

        var result = await ToolProcess.RunAsync(["top", "--once", "--json", "--server", mesh.Endpoints[0]]);

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        using var json = JsonDocument.Parse(Assert.Single(result.Lines));
        var servers = json.RootElement.GetProperty("servers").EnumerateArray().ToArray();
        Assert.Equal(["a", "b", "c"], servers.Select(s => s.GetProperty("name").GetString()));
        Assert.Equal([2, 2, 2], servers.Select(s => s.GetProperty("links").GetInt32()));
        Assert.Equal([1, 0, 1], servers.Select(s => s.GetProperty("clients").GetInt32()));
        var links = json.RootElement.GetProperty("connections").EnumerateArray().Where(c => c.GetProperty("kind").GetString() == "link");
        Assert.Equal(6, links.Count());
        var group = json.RootElement.GetProperty("groups").EnumerateArray().Single(g => g.GetProperty("name").GetString() == "x");
        Assert.Equal(1, group.GetProperty("members").GetInt32());
    }

    [Fact]
    public async Task All_servers_are_there_while_somebody_else_watches_already()
    {
        await using var mesh = await MeshProcesses.StartAsync(["a", "b", "c"]);
        await using var watcher = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = [mesh.Endpoints[2]] });
        var (seen, ticking) = (new HashSet<MsgcClientId>(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        using var watching = watcher.Group("$msgc.stats").Subscribe(report =>
        {
            if (seen.Add(report.Sender) && seen.Count == 3) ticking.TrySetResult();
        });
        await ticking.Task.WaitAsync(TimeSpan.FromSeconds(30));

        // The one that is watched already began to report a little before the others.
        var result = await ToolProcess.RunAsync(["top", "--once", "--json", "--server", mesh.Endpoints[2]]);

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        using var json = JsonDocument.Parse(Assert.Single(result.Lines));
        Assert.Equal(["a", "b", "c"], json.RootElement.GetProperty("servers").EnumerateArray().Select(s => s.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task One_second_as_text_shows_the_rate_of_a_publisher()
    {
        var (server, endpoint) = await ToolProcess.StartServerAsync("--name", "solo");
        await using var _ = server;
        await using var sub = await ToolProcess.StartSubAsync("ticks", "--server", endpoint);
        await using var pub = ToolProcess.Start("pub", "ticks", "tick", "--count", "1000000", "--rate", "500", "--server", endpoint);
        await sub.OutputLineAsync("tick");

        var result = await ToolProcess.RunAsync(["top", "--once", "--server", endpoint]);

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Matches("^solo +[0-9]+s +3 +0 +[1-9]", result.Lines[1]);
        Assert.Matches("^ticks +1 +[1-9]", result.Lines.Single(line => line.StartsWith("ticks", StringComparison.Ordinal)));
        Assert.DoesNotContain('\u001b', result.Text);
    }

    [Fact]
    public async Task A_stopped_subscriber_shows_with_its_queue()
    {
        var (server, endpoint) = await ToolProcess.StartServerAsync();
        await using var _ = server;
        await using var stopped = await ToolProcess.StartSubAsync("load", "--server", endpoint);
        await using var publisher = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = [endpoint] });
        await stopped.SignalAsync("STOP");
        // More than all buffers of the operating system hold, less than half of the queue.
        for (var i = 0; i < 400; i++) await publisher.Group("load").PublishAsync(new byte[20_000]);
        await publisher.FlushAsync();

        var result = await ToolProcess.RunAsync(["top", "--once", "--json", "--server", endpoint]);

        using var json = JsonDocument.Parse(Assert.Single(result.Lines));
        var slow = json.RootElement.GetProperty("connections")[0];
        Assert.InRange(slow.GetProperty("queued").GetInt32(), 1, 400);
        Assert.InRange(slow.GetProperty("queuedSeconds").GetDouble(), 0.5, 60);
    }

    [Fact]
    public async Task On_a_terminal_a_refusal_after_the_first_figures_ends_the_screen_and_is_told()
    {
        var first = await MsgcServer.StartAsync(new MsgcServerOptions { Listen = ["127.0.0.1:0"] });
        await using var _ = first;
        var endpoint = first.Endpoints[0].ToString();
        using var joined = new SemaphoreSlim(0);
        await using var watcher = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = [endpoint] });
        using var watching = watcher.Group("$msgc.stats").Membership.Subscribe(view =>
        {
            if (view.Members.Count > 0) joined.Release();
        });

        var top = PseudoTerminal.RunAsync(["top", "--server", endpoint], noColor: null);
        Assert.True(await joined.WaitAsync(TimeSpan.FromSeconds(30)));
        // Two more reports for all: it has some, and shows them.
        await watcher.Group("$msgc.stats").Take(2).LastAsync().ToTask().WaitAsync(TimeSpan.FromSeconds(30));
        await first.DisposeAsync();
        await using var second = await MsgcServer.StartAsync(first.Options with { Listen = [endpoint], Authorize = static _ => "not any more" });
        var (exitCode, text) = await top;

        Assert.Equal(1, exitCode);
        Assert.Contains("CONNECTION", text, StringComparison.Ordinal);
        var afterwards = text[text.LastIndexOf("\u001b[?1049l", StringComparison.Ordinal)..];
        Assert.Contains("not any more", afterwards, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_terminal_it_says_what_to_write()
    {
        var result = await ToolProcess.RunAsync(["top"]);

        Assert.Equal(2, result.ExitCode);
        Assert.Equal("msgc: Standard output is no terminal; write --once, or --once --json.", result.ErrorLines[0]);
    }

    [Fact]
    public async Task No_server_is_a_failure()
    {
        var port = FreePorts.Take(1)[0];

        var result = await ToolProcess.RunAsync(["top", "--once", "--server", $"127.0.0.1:{port}"]);

        Assert.Equal((1, $"msgc: cannot connect to 127.0.0.1:{port}: connection refused"), (result.ExitCode, Assert.Single(result.ErrorLines)));
    }
}
