namespace Msgc.Reactive.Hosting.Tests.Conf;

/// <summary>Each kind of error with its place, and what is found behind it. (contract, "§7")</summary>
public sealed class SyntaxErrorTests
{
    private const string Anything = "it must be from 8 to ";

    [Theory]
    [InlineData("a 7", "1:3: '7' is not expected behind 'a'; write a = value, or a stanza, as a { … }")]
    [InlineData("a", "1:1: 'a' has no value; write a = value, or a stanza, as a { … }; a value with spaces needs quotes")]
    [InlineData("a = b c\nd = e", "1:7: 'c' has no value; write c = value, or a stanza, as c { … }; a value with spaces needs quotes")]
    [InlineData("a b c", "1:3: 'b' is not expected behind 'a'; write a = value, or a stanza, as a { … }")]
    [InlineData("= 3", "1:1: '=' is not expected here; write an option, as name = value, or a stanza, as name { … }")]
    [InlineData("a = b = c", "1:7: '=' is not expected here; write an option, as name = value, or a stanza, as name { … }")]
    [InlineData("\"a\" = b", "1:1: '\"a\"' is not expected here; write an option, as name = value, or a stanza, as name { … }")]
    [InlineData("a = }", "1:5: '}' is not expected in the value of a; write a value", "1:5: this '}' closes nothing; remove it, or write the '{' that is missing")]
    [InlineData("a =", "1:4: the end of the file is not expected in the value of a; write a value")]
    [InlineData("a =\nb = c", "1:3: a has no value; write one behind the '=', at least \"\"")]
    [InlineData("peer_secret = Zm9v/YmFy", "1:15: this is behind a secret, or a part of it; write the whole secret in quotes")]
    [InlineData("peer_secret = Zm9v YmFy", "1:20: this is behind a secret, or a part of it; write the whole secret in quotes")]
    [InlineData("a { peer_secret = b } c", "1:23: 'c' has no value; write c = value, or a stanza, as c { … }; a value with spaces needs quotes")]
    [InlineData("include \"\"", "1:9: this is no path; write that of a file or a directory")]
    [InlineData("a = /run/x", "1:5: '/run/x' has a slash; write it in quotes: \"/run/x\"")]
    [InlineData("Listen /run/x { }", "1:8: '/run/x' has a slash; write it in quotes: \"/run/x\"")]
    [InlineData("a = \"b\nc = d", "1:5: this quote is not closed on its line; write \" behind the text")]
    [InlineData("a = 'b\" \nc = d", "1:5: this quote is not closed on its line; write ' behind the text")]
    [InlineData("a = b\n  /* c = d", "2:3: this comment is not closed; write '*/' behind it")]
    [InlineData("/* a /* b */ c */", "1:16: this '*/' ends no comment; comments do not nest")]
    [InlineData("a {\n b {\n c = d\n", "1:3: this '{' is not closed; write '}' behind its last option", "2:4: this '{' is not closed; write '}' behind its last option")]
    [InlineData("a { } }\nb = c", "1:7: this '}' closes nothing; remove it, or write the '{' that is missing")]
    [InlineData("a { b = ( c d }", "1:15: the '(' of line 1 is not closed; write ')'")]
    [InlineData("a {\n b = ( c d\n e = f\n}", "3:4: the '(' of line 2 is not closed; write ')'")]
    [InlineData("a { b = [ c = d }", "1:17: the '[' of line 1 is not closed; write ']'")]
    [InlineData("a = ( b", "1:8: the '(' of line 1 is not closed; write ')'")]
    [InlineData("a = ( b ]", "1:9: ']' is not expected in the value of a; write ')'")]
    [InlineData("a = [ b c = d ]", "1:9: 'c' is not expected in the value of a; write '='")]
    [InlineData("a = [ b = ]", "1:11: ']' is not expected in the value of a; write a value")]
    [InlineData("a = ( , )", "1:7: ',' is not expected in the value of a; write ')'")]
    [InlineData("include", "1:1: 'include' has no value; write include = value, or a stanza, as include { … }; a value with spaces needs quotes")]
    public void An_error_has_its_place_and_says_what_would_be_right(string text, params string[] expected) => Assert.Equal(expected, Files.Problems(text));

    [Theory]
    [InlineData("keepalive_interval 7")]
    [InlineData("peers = [ a = \"x\" b \"y\" c = \"z\" ]")]
    [InlineData("peers = ( ( x { y = z } ) ) )")]
    [InlineData("peers = { x = y }")]
    [InlineData("{ x = y { } }")]
    [InlineData("node_name = a b")]
    [InlineData("node_name = a/b")]
    [InlineData("node_name = \"a")]
    [InlineData("node_name =")]
    public void Behind_an_error_the_next_option_and_the_next_stanza_are_read(string wrong)
    {
        var problems = Files.Problems($"msgc_server {{\n {wrong}\n max_backlog = 7\n}}\nmsgc_client {{ max_backlog = 7 }}").ToArray();

        Assert.Equal(3, problems.Length);
        Assert.StartsWith("2:", problems[0], StringComparison.Ordinal);
        Assert.StartsWith($"3:16: max_backlog is 7; {Anything}", problems[1], StringComparison.Ordinal);
        Assert.StartsWith($"5:29: max_backlog is 7; {Anything}", problems[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_has_an_end_before_the_stack_has()
    {
        Assert.Equal(["1:325: this is nested 65 levels deep; write at most 64"], Files.Problems(string.Concat(Enumerable.Repeat("a = [", 100_000))));
        Assert.Equal(["1:195: this is nested 65 levels deep; write at most 64"], Files.Problems(string.Concat(Enumerable.Repeat("a {", 100_000))));
    }

    [Fact]
    public void However_a_file_is_cut_off_its_errors_lie_within_it()
    {
        for (var length = 0; length <= SampleTests.Sample.Length; length++)
        {
            var text = SampleTests.Sample[..length];
            var lines = text.Split('\n');
            foreach (var problem in Files.Read(text).Problems)
            {
                Assert.InRange(problem.Line, 1, lines.Length);
                Assert.InRange(problem.Column, 1, lines[problem.Line - 1].Length + 1);
            }
        }
    }
}
