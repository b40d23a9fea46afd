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
    public async Task Help_of_a_command_has_examples_and_exit_codes(string command)
    {
        var result = await ToolProcess.RunAsync([command, "--help"]);

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Contains($"\nExamples:\n  $ msgc {command}", result.Text, StringComparison.Ordinal);
        Assert.Contains("\nExit codes: 0 ", result.Text, StringComparison.Ordinal);
        Assert.All(result.Lines.SkipWhile(line => line != "Examples:"), line => Assert.True(line.Length <= 85, line));
    }

    [Fact]
    public async Task Help_of_all_has_examples_and_every_command()
    {
        var result = await ToolProcess.RunAsync(["--help"]);

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Contains("\nExamples:\n  $ msgc server\n", result.Text, StringComparison.Ordinal);
        Assert.All((string[])["server", "check", "pub", "sub", "members", "peers", "top", "bench"], command => Assert.Contains($"\n  {command} ", result.Text, StringComparison.Ordinal));
    }
}
