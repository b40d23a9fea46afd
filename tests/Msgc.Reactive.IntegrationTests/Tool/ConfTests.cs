using System.Collections.Concurrent;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using System.Threading.Channels;

namespace Msgc.Reactive.IntegrationTests.Tool;

/// <summary>Servers that follow a configuration file, each a process of its own.</summary>
public sealed class ConfTests : IDisposable
{
    private const string Name = "msgc_server.conf";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly ConfDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task One_file_starts_a_cluster_of_three_servers_each_given_its_name()
    {
        var port = FreePorts.Take(1)[0];
        var file = _files.Write(Name, Mesh(port, nodes: 3, ""));
        await using var node1 = StartNode(file, 1);
        await using var node2 = StartNode(file, 2);
        await using var node3 = StartNode(file, 3);

        Assert.Equal($"listening on 127.0.0.3:{port}", await node3.ErrorLineAsync(""));
        Assert.Equal(["linked to node1", "linked to node2"], new[] { await node3.ErrorLineAsync("linked to "), await node3.ErrorLineAsync("linked to ") }.Order());
        await using var sub = await ToolProcess.StartSubAsync("x", "--server", $"127.0.0.3:{port}");
        await ToolProcess.RunAsync(["pub", "x", "hello", "--server", $"127.0.0.1:{port}"]);
        Assert.Equal("hello", await sub.OutputLineAsync(""));
    }

    [Fact]
    public async Task Edits_of_keepalive_backlog_debug_level_and_peers_hold_and_drop_no_connection()
    {
        var port = FreePorts.Take(1)[0];
        // Without an idle timeout at the client's end, nobody but the option asks for a sign of life.
        var file = _files.Write(Name, Mesh(port, nodes: 2, "keepalive_interval = 1000000"));
        await using var node1 = StartNode(file, 1);
        await using var node2 = StartNode(file, 2);
        await node1.ErrorLineAsync("linked to node2");
        var sent = Channel.CreateUnbounded<int>();
        await using var proxy = new CuttingProxy(port, () => int.MaxValue, bytes => sent.Writer.TryWrite(bytes));
        await using var client = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = [proxy.Endpoint], IdleTimeout = Timeout.InfiniteTimeSpan });
        var phases = new ConcurrentQueue<MsgcConnectionPhase>();
        using var states = client.State.Subscribe(state => phases.Enqueue(state.Phase));

        _files.Write(Name, Mesh(port, nodes: 3, "keepalive_interval = 0.1 max_backlog = 50 debug_level = INFO"));

        const string Changed = "is in force, changed: peers, keepalive_interval, max_backlog, debug_level";
        await node1.ErrorLineAsync($"{file} ", Changed);
        await node2.ErrorLineAsync($"{file} ", Changed);
        await using var node3 = StartNode(file, 3);
        await node1.ErrorLineAsync("linked to node3");
        while (sent.Reader.TryRead(out _)) continue;
        await sent.Reader.ReadAsync().AsTask().WaitAsync(Deadline);

        await using var slow = await ToolProcess.StartSubAsync("load", "--server", $"127.0.0.1:{port}");
        await node1.ErrorLineAsync("", " INFO Client ");
        await slow.SignalAsync("STOP");
        // More than the operating system's buffers and the new backlog hold, and less than the old one.
        for (var i = 0; i < 400; i++) await client.Group("load").PublishAsync(new byte[20_000]).AsTask().WaitAsync(Deadline);
        Assert.Matches(": (50|[1-4]?[0-9]) messages, ", await node1.ErrorLineAsync("", " ERROR Stuck client "));

        Assert.Equal([MsgcConnectionPhase.Connected], phases);
        Assert.DoesNotContain("lost node", node1.Errors + node2.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_edit_is_told_with_its_places_and_changes_nothing_and_the_next_good_one_holds()
    {
        var file = _files.Write(Name, "msgc_server { idle_timeout = 20 }");
        var (server, endpoint) = await ToolProcess.StartServerAsync("--conf", file);
        await using var _ = server;
        await using var client = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = [endpoint] });
        var phases = new ConcurrentQueue<MsgcConnectionPhase>();
        using var states = client.State.Subscribe(state => phases.Enqueue(state.Phase));

        _files.Write(Name, "msgc_server {\n  idle_timeout = 10\n  keepalive_intervall = 1\n  max_backlog = many\n}");

        Assert.Equal($"{file}:3:3: there is no option 'keepalive_intervall' in msgc_server; did you mean keepalive_interval?", await server.ErrorLineAsync(""));
        Assert.StartsWith($"{file}:4:17: max_backlog is 'many'; ", await server.ErrorLineAsync(""), StringComparison.Ordinal);
        Assert.Equal($"{file} is not in force, what was before stays so: it has errors", await server.ErrorLineAsync(""));

        _files.Write(Name, "msgc_server {\n  idle_timeout = 10\n}");

        Assert.Equal($"{file} is in force, changed: idle_timeout", await server.ErrorLineAsync(""));
        Assert.Equal([MsgcConnectionPhase.Connected], phases);
    }

    [Fact]
    public async Task An_edit_that_makes_the_servers_own_entry_wrong_is_told_and_changes_nothing()
    {
        var port = FreePorts.Take(1)[0];
        var file = _files.Write(Name, Mesh(port, nodes: 1, ""));
        await using var server = StartNode(file, 1);
        await server.ErrorLineAsync("listening on ");

        _files.Write(Name, Mesh(70000, nodes: 1, ""));

        Assert.StartsWith($"{file}:5:10: port is 70000; ", await server.ErrorLineAsync(""), StringComparison.Ordinal);
        await server.ErrorLineAsync($"{file} is not in force, what was before stays so: it has errors");
        _files.Write(Name, Mesh(port, nodes: 1, "idle_timeout = 20"));
        Assert.Equal($"{file} is in force, changed: idle_timeout", await server.ErrorLineAsync(""));
    }

    [Fact]
    public async Task What_is_fixed_for_life_is_told_and_changes_nothing()
    {
        var file = _files.Write(Name, "msgc_server { }");
        var (server, _) = await ToolProcess.StartServerAsync("--conf", file);
        await using var process = server;

        _files.Write(Name, "msgc_server { max_frame_bytes = 2000 idle_timeout = 10 }");
        Assert.StartsWith($"{file} is not in force, what was before stays so: MaxFrameBytes is fixed for life", await server.ErrorLineAsync(""), StringComparison.Ordinal);

        _files.Write(Name, "msgc_server { idle_timeout = 10 }");
        Assert.Equal($"{file} is in force, changed: idle_timeout", await server.ErrorLineAsync(""));
    }

    [Fact]
    public async Task Included_files_are_followed_too_and_a_hang_up_has_all_read_again()
    {
        _files.Write("conf.d/10.conf", "msgc_server { idle_timeout = 20 }");
        var file = _files.Write(Name, "include \"conf.d\"");
        var (server, _) = await ToolProcess.StartServerAsync("--conf", file);
        await using var process = server;

        _files.Write("conf.d/10.conf", "msgc_server { idle_timeout = 21 }");
        Assert.Equal($"{file} is in force, changed: idle_timeout", await server.ErrorLineAsync(""));
        _files.Write("conf.d/20.conf", "msgc_server { idle_timeout = 22 max_backlog = 80 }");
        Assert.Equal($"{file} is in force, changed: idle_timeout, max_backlog", await server.ErrorLineAsync(""));
        File.Delete(_files["conf.d/20.conf"]);
        Assert.Equal($"{file} is in force, changed: idle_timeout, max_backlog", await server.ErrorLineAsync(""));

        await server.SignalAsync("HUP");
        Assert.Equal($"{file} is in force, changed: nothing", await server.ErrorLineAsync(""));
    }

    [Fact]
    public async Task Options_of_the_command_line_hold_whatever_the_file_says()
    {
        var file = _files.Write(Name, "msgc_server { node_name = filed } msgcserver_listener { Listen \"127.0.0.1:1\" { } }");
        var (server, endpoint) = await ToolProcess.StartServerAsync("--conf", file, "--name", "given");
        await using var process = server;
        await using var client = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = [endpoint] });

        Assert.Equal("given", (await client.State.FirstAsync().ToTask().WaitAsync(Deadline)).ServerName);
    }

    [Fact]
    public async Task A_server_does_not_start_with_a_broken_file_and_says_all_that_is_wrong()
    {
        var file = _files.Write(Name, "msgc_server { port = x\n peers = [ A = b ] }");

        var result = await ToolProcess.RunAsync(["server", "--conf", file]);

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(2, result.ErrorLines.Length);
        Assert.StartsWith($"{file}:1:22: port is 'x'; ", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.StartsWith($"{file}:2:12: ", result.ErrorLines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_prints_all_errors_or_what_is_in_force()
    {
        var good = _files.Write("good.conf", "msgc_server { keepalive_interval = 7 }");
        var wrong = _files.Write("wrong.conf", "msgc_server { keepalive_interval = -7\n x = 1 }");

        var checkedGood = await ToolProcess.RunAsync(["check", good]);
        var checkedWrong = await ToolProcess.RunAsync(["check", wrong]);
        var printed = await ToolProcess.RunAsync(["check", _files.Write("printed.conf", checkedGood.Text)]);
        var missing = await ToolProcess.RunAsync(["check", _files["none.conf"]]);

        Assert.Equal((0, ""), (checkedGood.ExitCode, checkedGood.Errors));
        Assert.Contains($"  keepalive_interval = 7   # {good}:1", checkedGood.Lines);
        Assert.Contains("  idle_timeout = 30   # default", checkedGood.Lines);
        Assert.Equal((1, "", 2), (checkedWrong.ExitCode, checkedWrong.Text, checkedWrong.ErrorLines.Length));
        Assert.All(checkedWrong.ErrorLines, (line, i) => Assert.StartsWith($"{wrong}:{i + 1}:", line, StringComparison.Ordinal));
        Assert.Equal((0, ""), (printed.ExitCode, printed.Errors));
        Assert.Equal((1, ""), (missing.ExitCode, missing.Text));
        Assert.StartsWith($"{_files["none.conf"]}:1:1: ", Assert.Single(missing.ErrorLines), StringComparison.Ordinal);
    }

    private static ToolProcess StartNode(string file, int node) => ToolProcess.Start("server", "--conf", file, "--name", $"node{node}");

    private static string Mesh(int port, int nodes, string options)
    {
        var peers = Enumerable.Range(1, nodes).Select(node => $"    node{node} = \"127.0.0.{node}\"\n");
        return $"msgc_server {{\n  peers = [\n{string.Concat(peers)}  ]\n  port = {port}\n  {options}\n}}\n";
    }
}
