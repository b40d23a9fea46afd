namespace Msgc.Reactive.IntegrationTests.Tool;

public sealed class SignalTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_server_and_subscriber_with_0(string signal)
    {
        var (server, endpoint) = await ToolProcess.StartServerAsync();
        await using var _ = server;
        await using var sub = await ToolProcess.StartSubAsync("g", "--server", endpoint);

        await sub.SignalAsync(signal);
        var subscriber = await sub.EndAsync();
        await server.SignalAsync(signal);
        var stopped = await server.EndAsync();

        Assert.Equal((0, "joined g"), (subscriber.ExitCode, Assert.Single(subscriber.ErrorLines)));
        Assert.Equal((0, $"listening on {endpoint}"), (stopped.ExitCode, Assert.Single(stopped.ErrorLines)));
    }

    [Fact]
    public async Task A_signal_ends_a_publisher_that_waits_for_input_after_what_it_has_read()
    {
        var (server, endpoint) = await ToolProcess.StartServerAsync();
        await using var _ = server;
        await using var sub = await ToolProcess.StartSubAsync("g", "--count", "1", "--server", endpoint);
        await using var pub = ToolProcess.Start("pub", "g", "--server", endpoint);
        await pub.Input.WriteAsync("first\nhalf a li"u8.ToArray());
        await pub.Input.FlushAsync();
        Assert.Equal("first\n", (await sub.EndAsync()).Text);

        await pub.SignalAsync("TERM");

        Assert.Equal((0, ""), ((await pub.EndAsync()).ExitCode, (await pub.EndAsync()).Errors));
    }

    [Fact]
    public async Task A_server_that_stops_hands_its_subscribers_to_the_next_of_their_list()
    {
        var (first, firstEndpoint) = await ToolProcess.StartServerAsync("--name", "first");
        var (second, secondEndpoint) = await ToolProcess.StartServerAsync("--name", "second");
        await using var one = first;
        await using var two = second;
        await using var sub = await ToolProcess.StartSubAsync("g", "--count", "1", "--members", "--server", firstEndpoint, "--server", secondEndpoint);

        await first.SignalAsync("TERM");
        Assert.Equal(0, (await first.EndAsync()).ExitCode);
        Assert.Equal("moved to second", await sub.ErrorLineAsync("moved "));
        await ToolProcess.RunAsync(["pub", "g", "x", "--count", "20", "--rate", "50", "--server", secondEndpoint]);

        Assert.Equal("x", (await sub.EndAsync()).Lines[^1]);
    }

    [Fact]
    public async Task A_second_signal_ends_a_server_that_still_drains()
    {
        var (server, endpoint) = await ToolProcess.StartServerAsync("--verbose");
        await using var _ = server;
        await using var sub = await ToolProcess.StartSubAsync("g", "--server", endpoint);
        await sub.SignalAsync("STOP"); // it cannot take its leave, so the server waits for it

        await server.SignalAsync("TERM");
        await server.ErrorLineAsync("", contains: " stops");
        await server.SignalAsync("TERM");

        Assert.Equal(128 + 15, (await server.EndAsync()).ExitCode);
    }
}
