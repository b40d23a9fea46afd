namespace Msgc.Reactive.IntegrationTests.Tool;

public sealed class HelpTests
{
    [Theory]
    [InlineData("server")]
    [InlineData("check")]
    [InlineData("pub")]
    [InlineData("sub")]
    [InlineData("members")]
    [InlineData("peers")]
    [InlineData("top")]
    [InlineData("bench")]
    public async Task Each_command_has_examples_and_exit_codes_without_colour_in_a_pipe(string command)
    {
        var result = await ToolProcess.RunAsync([command, "--help"]);

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Contains("Examples:", result.Lines);
        Assert.Contains(result.Lines, line => line.StartsWith($"  $ msgc {command}", StringComparison.Ordinal));
        Assert.Contains("Exit codes: ", result.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Text);
    }

    [Fact]
    public async Task The_commands_own_help_lists_them_all()
    {
        var result = await ToolProcess.RunAsync(["--help"]);

        Assert.Equal(0, result.ExitCode);
        foreach (var command in (string[])["server", "check", "pub", "sub", "members", "peers", "top", "bench"])
            Assert.Contains(result.Lines, line => line.StartsWith($"  {command} ", StringComparison.Ordinal));
    }
}
