namespace Msgc.Reactive.IntegrationTests.Tool;

/// <summary>Colours are for terminals, and for none where NO_COLOR says so.</summary>
public sealed class ColourTests
{
    private const char Escape = '\u001b';

    // What sets a colour; a terminal is told other things, too, by the runtime.
    private const string Colour = @"\u001b\[[0-9;]*m";

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("1", false)]
    [InlineData("0", false)]
    public async Task On_a_terminal_help_is_coloured_unless_NO_COLOR_has_a_value(string? noColor, bool isColoured)
    {
        var (_, text) = await PseudoTerminal.RunAsync(["sub", "--help"], noColor);

        Assert.Contains("$ msgc sub news", text, StringComparison.Ordinal);
        if (isColoured) Assert.Matches(Colour, text);
        else Assert.DoesNotMatch(Colour, text);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("1", false)]
    public async Task On_a_terminal_an_error_is_coloured_unless_NO_COLOR_has_a_value(string? noColor, bool isColoured)
    {
        var (_, text) = await PseudoTerminal.RunAsync(["sub"], noColor);

        Assert.Contains("GROUP is missing", text, StringComparison.Ordinal);
        if (isColoured) Assert.Matches(Colour, text);
        else Assert.DoesNotMatch(Colour, text);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("bench", "--help")]
    [InlineData("sub")]
    [InlineData("bench", "--server", "127.0.0.1:1")]
    public async Task Outside_a_terminal_nothing_is_coloured(params string[] args)
    {
        var result = await ToolProcess.RunAsync(args);

        Assert.NotEmpty(result.Text + result.Errors);
        Assert.DoesNotContain(Escape, result.Text);
        Assert.DoesNotContain(Escape, result.Errors);
    }
}
