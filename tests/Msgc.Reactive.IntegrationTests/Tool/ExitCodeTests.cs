namespace Msgc.Reactive.IntegrationTests.Tool;

public sealed class ExitCodeTests
{
    [Theory]
    [InlineData("GROUP is missing", "sub")]
    [InlineData("GROUP is missing", "pub")]
    [InlineData("'srever' is no command; did you mean server?", "srever")]
    [InlineData("'--cuont' is no option; did you mean --count?", "sub", "g", "--cuont", "5")]
    [InlineData("'-x' is no option; write -- before", "pub", "g", "-x")]
    [InlineData("'x' is one word too many", "server", "x")]
    [InlineData("--server is 'localhost'; write host:port", "pub", "g", "x", "--server", "localhost")]
    [InlineData("--server is 'h:0'; write a port from 1 to 65535", "sub", "g", "--server", "h:0")]
    [InlineData("--listen is 'h:99999'; write host:port", "server", "--listen", "h:99999")]
    [InlineData("'' is no group name; write 1 to 255 bytes", "sub", "")]
    [InlineData("'a?b' is no group name", "pub", "a\tb", "x")]
    [InlineData("'' is no name", "server", "--name", "")]
    [InlineData("--count is '-5'; write a whole number above 0", "pub", "g", "x", "--count", "-5")]
    [InlineData("--count is '0'", "sub", "g", "--count", "0")]
    [InlineData("--rate is 'fast'; write a number above 0", "pub", "g", "x", "--rate", "fast")]
    [InlineData("--format is 'xml'; write one of text, json, hex", "sub", "g", "--format", "xml")]
    [InlineData("GROUP is missing", "members")]
    [InlineData("'x' is one word too many", "peers", "x")]
    [InlineData("--format is 'hex'; write one of text, json", "members", "g", "--format", "hex")]
    [InlineData("--format is 'hex'; write one of text, json", "peers", "--format", "hex")]
    [InlineData("--size is '15'; write a whole number from 16 to 1073741824", "bench", "--size", "15")]
    [InlineData("--publishers is '0'; write a whole number from 1 to 1000", "bench", "--publishers", "0")]
    [InlineData("--messages is '-1'; write a whole number above 0", "bench", "--messages", "-1")]
    [InlineData("--duration is '0'; write a number of seconds, such as 10 or 0.5.", "bench", "--duration", "0")]
    [InlineData("--warm-up is 'no'; write a number of seconds, such as 10 or 0.5, or 0.", "bench", "--warm-up", "no")]
    [InlineData("--publish-to is 'h'; write host:port", "bench", "--publish-to", "h")]
    [InlineData("'x' is one word too many", "bench", "x")]
    [InlineData("--peer is 'north'; write name=host, name=host:port", "server", "--peer", "north")]
    [InlineData("--peer is '=h'; write name=host", "server", "--peer", "=h")]
    [InlineData("--peer is 'a=h:x'; write name=host", "server", "--peer", "a=h:x")]
    [InlineData("--peer is 'a=*:1'; write name=host", "server", "--peer", "a=*:1")]
    [InlineData("--peer is 'a=h:0'; write a port from 1 to 65535", "server", "--peer", "a=h:0")]
    [InlineData("--peer is 'A=h'; write 'a=h': ", "server", "--peer", "A=h")]
    [InlineData("--peer is 'a=H.org:1'; write 'a=h.org:1': ", "server", "--peer", "a=H.org:1")]
    [InlineData("--peer names 'a' twice", "server", "--peer", "a=h", "--peer", "b=h", "--peer", "a=/h")]
    [InlineData("--name is 'North'; write 'north': ", "server", "--name", "North", "--peer", "a=h")]
    public async Task Wrong_usage_ends_with_2_and_names_what_would_be_right(string expected, params string[] args)
    {
        var result = await ToolProcess.RunAsync(args);

        Assert.Equal((2, ""), (result.ExitCode, result.Text));
        Assert.StartsWith($"msgc: {expected}", result.ErrorLines[0], StringComparison.Ordinal);
        Assert.StartsWith("Try 'msgc ", result.ErrorLines[1], StringComparison.Ordinal);
        Assert.Equal(2, result.ErrorLines.Length);
    }

    [Theory]
    [InlineData("pub", "g", "x")]
    [InlineData("sub", "g")]
    [InlineData("members", "g")]
    [InlineData("peers")]
    [InlineData("bench")]
    public async Task No_server_ends_with_1_and_one_line(params string[] args)
    {
        var ports = FreePorts.Take(2);
        var (first, second) = (ports[0], ports[1]);

        var one = await ToolProcess.RunAsync([.. args, "--server", $"127.0.0.1:{first}"]);
        var both = await ToolProcess.RunAsync([.. args, "--server", $"127.0.0.1:{first}", "--server", $"127.0.0.1:{second}"]);

        Assert.Equal((1, ""), (one.ExitCode, one.Text));
        Assert.Equal([$"msgc: cannot connect to 127.0.0.1:{first}: connection refused"], one.ErrorLines);
        Assert.Equal(1, both.ExitCode);
        Assert.StartsWith($"msgc: cannot connect to 127.0.0.1:{first}: ", Assert.Single(both.ErrorLines), StringComparison.Ordinal);
        Assert.Contains($"; 127.0.0.1:{second}: connection refused", both.ErrorLines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_in_use_ends_the_server_with_1_and_one_line()
    {
        var (server, endpoint) = await ToolProcess.StartServerAsync();
        await using var _ = server;

        var second = await ToolProcess.RunAsync(["server", "--listen", endpoint]);

        Assert.Equal(1, second.ExitCode);
        Assert.Equal($"msgc: cannot listen on {endpoint}: Address already in use", Assert.Single(second.ErrorLines));
    }

    [Fact]
    public async Task A_secret_that_is_missing_or_empty_ends_the_server_with_1_and_names_the_file()
    {
        var missing = Path.Combine(Path.GetTempPath(), $"msgc-{Guid.NewGuid():N}");

        var unreadable = await ToolProcess.RunAsync(["server", "--peer-secret-file", missing]);
        var empty = await ToolProcess.RunAsync(["server", "--peer-secret-file", "/dev/null"]);

        Assert.Equal((1, 1), (unreadable.ExitCode, empty.ExitCode));
        Assert.StartsWith($"msgc: cannot read the peers' secret in '{missing}': ", Assert.Single(unreadable.ErrorLines), StringComparison.Ordinal);
        Assert.StartsWith("msgc: the peers' secret in '/dev/null' is empty", Assert.Single(empty.ErrorLines), StringComparison.Ordinal);
    }
}
