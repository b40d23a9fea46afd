namespace Msgc.Reactive.IntegrationTests.Tool;

public sealed class PeersTests
{
    [Fact]
    public async Task A_server_by_itself_has_no_peers()
    {
        var (server, endpoint) = await ToolProcess.StartServerAsync();
        await using var _ = server;

        var result = await ToolProcess.RunAsync(["peers", "--server", endpoint]);

        Assert.Equal((0, "", "no peers"), (result.ExitCode, result.Text, Assert.Single(result.ErrorLines)));
    }

    [Fact]
    public async Task The_links_of_the_connected_server_are_printed_though_all_servers_publish_theirs()
    {
        await using var mesh = await MeshProcesses.StartAsync(["a", "b", "see"]);

        var text = await ToolProcess.RunAsync(["peers", "--server", mesh.Endpoints[1]]);
        var json = await ToolProcess.RunAsync(["peers", "--format", "json", "--server", mesh.Endpoints[1]]);

        Assert.Equal((0, ""), (text.ExitCode, text.Errors));
        Assert.Equal([$"a    {mesh.Endpoints[0]}  Linked", $"see  {mesh.Endpoints[2]}  Linked"], text.Lines);
        Assert.Equal((0, ""), (json.ExitCode, json.Errors));
        Assert.Equal($$"""{"server":"b","name":"see","endpoint":"{{mesh.Endpoints[2]}}","state":"Linked"}""", json.Lines[1]);
    }

    [Fact]
    public async Task A_peer_that_is_not_there_is_shown_with_the_reason_and_hinted_at()
    {
        var port = FreePorts.Take(1)[0];
        var (server, endpoint) = await ToolProcess.StartServerAsync("--name", "a", "--peer", $"b=127.0.0.1:{port}", "--verbose");
        await using var _ = server;
        await server.ErrorLineAsync("", contains: "not linked to b");

        var result = await ToolProcess.RunAsync(["peers", "--server", endpoint]);

        Assert.Equal((0, "a is not linked to b"), (result.ExitCode, Assert.Single(result.ErrorLines)));
        Assert.Equal($"b  127.0.0.1:{port}  Connecting  Transport: connection refused", Assert.Single(result.Lines));
    }

    [Fact]
    public async Task Peers_that_the_report_has_no_room_for_are_counted()
    {
        await using var server = await MsgcServer.StartAsync(new MsgcServerOptions
        {
            Listen = ["127.0.0.1:0"], NodeName = "a", MaxFrameBytes = 1024, Peers = Enumerable.Range(0, 60).ToDictionary(i => $"peer-{i:00}", _ => "/nowhere"),
        });

        var result = await ToolProcess.RunAsync(["peers", "--server", $"{server.Endpoints[0]}"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal($"{60 - result.Lines.Length} more are not shown: a's report has no room for them", result.ErrorLines[^1]);
        Assert.InRange(result.Lines.Length, 1, 59);
    }

    [Fact]
    public async Task Follow_prints_each_link_that_changes()
    {
        await using var mesh = await MeshProcesses.StartAsync(["a", "b", "c"]);
        await using var peers = ToolProcess.Start("peers", "--follow", "--server", mesh.Endpoints[0]);
        await peers.OutputLineAsync("c ");

        await mesh[1].SignalAsync("KILL");

        Assert.StartsWith($"b  {mesh.Endpoints[1]}  Lost    ", await peers.OutputLineAsync(""), StringComparison.Ordinal);
        Assert.StartsWith("lost b: ", await mesh[0].ErrorLineAsync("lost "), StringComparison.Ordinal);
        await peers.SignalAsync("INT");
        Assert.Equal((0, ""), ((await peers.EndAsync()).ExitCode, (await peers.EndAsync()).Errors));
    }

    [Fact]
    public async Task Servers_link_when_their_secrets_are_equal_and_say_who_refuses_them_when_not()
    {
        var directory = Directory.CreateTempSubdirectory("msgc-");
        try
        {
            var (secret, other) = (Path.Combine(directory.FullName, "secret"), Path.Combine(directory.FullName, "other"));
            await File.WriteAllTextAsync(secret, "  sesame \nno part of it\n");
            await File.WriteAllTextAsync(other, "wrong");
            await using var mesh = await MeshProcesses.StartAsync(["a", "b"], "--peer-secret-file", secret);
            var (stranger, _) = await ToolProcess.StartServerAsync("--name", "c", "--peer", $"a={mesh.Endpoints[0]}", "--peer-secret-file", other);
            await using var process = stranger;

            Assert.StartsWith("refused by a: ", await stranger.ErrorLineAsync(""), StringComparison.Ordinal);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
