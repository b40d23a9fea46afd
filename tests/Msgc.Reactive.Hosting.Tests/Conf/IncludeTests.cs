namespace Msgc.Reactive.Hosting.Tests.Conf;

public sealed class IncludeTests
{
    private const string Name = "msgc_server { node_name = ";

    [Fact]
    public void What_is_included_stands_where_the_include_does()
    {
        Assert.Equal("b", NameIn("msgc_server { node_name = a } include \"b.conf\"", ("/etc/b.conf", Name + "b }")));
        Assert.Equal("a", NameIn("INCLUDE b.conf msgc_server { node_name = a }", ("/etc/b.conf", Name + "b }")));
        Assert.Equal("b", NameIn("msgc_server { node_name = a readonly_include 'b.conf' }", ("/etc/b.conf", "node_name = b")));
        Assert.Equal("b", NameIn("include \"/opt/b.conf\"", ("/opt/b.conf", Name + "b }")));
        Assert.Equal("c", NameIn("include \"b.conf\" include \"b.conf\"", ("/etc/b.conf", Name + "c }"))); // twice is no cycle
    }

    [Fact]
    public void A_relative_path_is_looked_for_beside_the_including_file_then_beside_the_first()
    {
        var beside = NameIn("include \"d/a.conf\"", ("/etc/d/a.conf", "include \"b.conf\""), ("/etc/d/b.conf", Name + "beside }"), ("/etc/b.conf", Name + "first }"));
        var first = NameIn("include \"d/a.conf\"", ("/etc/d/a.conf", "include \"b.conf\""), ("/etc/b.conf", Name + "first }"));
        var up = NameIn("include \"d/a.conf\"", ("/etc/d/a.conf", "include \"../b.conf\""), ("/etc/b.conf", Name + "up }"));
        Assert.Equal(("beside", "first", "up"), (beside, first, up));
    }

    [Fact]
    public void A_directory_stands_for_its_files_in_order_without_hidden_ones_and_sub_directories()
    {
        var conf = Files.Read(
            "include \"conf.d\"",
            ("/etc/conf.d/20", Name + "b peer_secret = x }"), ("/etc/conf.d/10", Name + "a peer_secret = y }"), ("/etc/conf.d/30", "msgc_server { port = 3 }"),
            ("/etc/conf.d/.hidden", Name + "hidden }"), ("/etc/conf.d/sub/40", Name + "sub }"));
        Assert.Equal(("b", "x", 3), (conf.Server.NodeName, conf.Server.PeerSecret, conf.Server.Port));
    }

    [Fact]
    public void Errors_name_the_included_file() => Assert.Equal(
        ["/etc/b.conf:2:13: max_backlog is 'x'; write a whole number", "3:16: max_backlog is 'y'; write a whole number"],
        Files.Problems("msgc_server {\n include \"b.conf\"\n max_backlog = y }", ("/etc/b.conf", "\nmax_backlog=x")));

    [Fact]
    public void A_missing_file_is_an_error_that_says_where_it_was_looked_for() => Assert.Equal(
        ["/etc/d/a.conf:1:9: there is no 'x.conf'; looked for /etc/d/x.conf and /etc/x.conf", "2:9: there is no '/y'; looked for /y"],
        Files.Problems("include \"d/a.conf\"\ninclude \"/y\"", ("/etc/d/a.conf", "include x.conf")));

    [Theory]
    [InlineData("include m.conf", "", "1:9: a file cannot include itself: /etc/m.conf includes /etc/m.conf; remove one of these includes")]
    [InlineData("include b.conf", "\ninclude \"../etc/m.conf\"", "/etc/b.conf:2:9: a file cannot include itself: /etc/m.conf includes /etc/b.conf includes /etc/m.conf; remove one of these includes")]
    [InlineData("include \"/etc\"", "", "1:9: a file cannot include itself: /etc/m.conf includes /etc/m.conf; remove one of these includes")]
    public void A_cycle_is_an_error(string text, string other, string expected) => Assert.Equal([expected], Files.Problems(text, ("/etc/b.conf", other)));

    [Fact]
    public void Includes_that_multiply_have_an_end()
    {
        var files = Enumerable.Range(0, 40).Select(i => ($"/etc/{i}", $"include {i + 1} include {i + 1}")).Append(("/etc/40", "")).ToArray();
        Assert.Equal("more than 1000 files are included; include fewer", Assert.Single(Files.Read("include 0", files).Problems).Message);
    }

    private static string? NameIn(string text, params (string, string)[] others)
    {
        var conf = Files.Read(text, others);
        Assert.Empty(conf.Problems);
        return conf.Server.NodeName;
    }

}
