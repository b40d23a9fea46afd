namespace Msgc.Reactive.Hosting.Tests.Conf;

public sealed class SyntaxTests
{
    [Theory]
    [InlineData("msgc_server{node_name=a}", "a")]
    [InlineData("MSGC_Server\n\"whatever\"\n{\nNode_NAME\n=\na\n}", "a")]
    [InlineData("msgc_server { node_name = a#b\n}", "a")]
    [InlineData("msgc_server { # node_name = b }\n node_name = a }", "a")]
    [InlineData("msgc_server { node_name = a/* b */ /* c\n */ }", "a")]
    [InlineData("msgc_server { /**/ node_name /*=*/ = /* b */ a }", "a")]
    [InlineData("msgc_server { node_name = \"a # b /* c */ = { } [ ] ( ) '\" }", "a # b /* c */ = { } [ ] ( ) '")]
    [InlineData("msgc_server { node_name = 'a \"b\"' }", "a \"b\"")]
    [InlineData("""msgc_server { node_name = "a \"b\" \\ \d \'" }""", "a \"b\" \\ \\d '")]
    [InlineData("msgc_server { node_name = a,b }", "a,b")]
    [InlineData("msgc_server { node_name = node-1.example.org }", "node-1.example.org")]
    [InlineData("msgc_server { node_name = b node_name = a }", "a")]
    [InlineData("msgc_server { node_name = b } msgc_server { node_name = a }", "a")]
    [InlineData("msgc_server { node_name = a } other { msgc_server { node_name = b } x = ( y [ z = ( ) ] ) }", "a")]
    [InlineData("node_name = b msgc_server { node_name = a }", "a")]
    public void A_text_is_read(string text, string expected)
    {
        var conf = Files.Read(text);
        Assert.Empty(conf.Problems);
        Assert.Equal(expected, conf.Server.NodeName);
    }

    [Theory]
    [InlineData("( a:1 b:2 c:3 )")]
    [InlineData("(a:1,b:2,c:3)")]
    [InlineData("( 'a:1' , \"b:2\", c:3, )")]
    [InlineData("(\na:1\n,\nb:2 # and\nc:3)")]
    public void A_list_is_read_with_commas_or_without(string list)
    {
        var conf = Files.Read($"msgc_client {{ server = {list} }}");
        Assert.Empty(conf.Problems);
        Assert.Equal(["a:1", "b:2", "c:3"], conf.Clients[""].Servers);
    }

    [Fact]
    public void A_client_has_the_name_of_its_stanza_unless_that_is_the_modules()
    {
        var conf = Files.Read("msgc_client { server = a:1 } msgc_client \"orders\" { server = b:2 } msgc_client \"msgc_client\" { no_echo = TRUE }");
        Assert.Empty(conf.Problems);
        Assert.Equal([("", "a:1", true), ("orders", "b:2", false)], conf.Clients.Select(client => (client.Key, client.Value.Servers[0], client.Value.NoEcho)));
    }

    [Fact]
    public void A_listeners_options_are_its_endpoints_defaults()
    {
        var conf = Files.Read("""
            msgcserver_listener {
              Listen "/run/a" { }
              Listen "/run/b" { file_mode = 600 accept_queue_backlog = 0 }
              file_mode = 0660
              accept_queue_backlog = 7
              Listen "/run/c" { enable = false }
              LISTEN "/run/c" { enable = "True" }
            }
            """);
        Assert.Empty(conf.Problems);
        Assert.Equal(
            [("/run/a", 432, 7), ("/run/b", 384, 512), ("/run/c", 432, 7)],
            conf.Server.Listen.Select(listen => (listen.Endpoint, (int)listen.FileMode!.Value, listen.AcceptQueueBacklog)));
    }
}
