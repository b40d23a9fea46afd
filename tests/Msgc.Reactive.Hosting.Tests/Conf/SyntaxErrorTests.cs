namespace Msgc.Reactive.Hosting.Tests.Conf;

public sealed class SyntaxErrorTests
{
    [Fact]
    public void X()
    {
        foreach (var text in new[]
        {
            "msgc_server {\n  keepalive_interval 7\n  idle_timeout = 3\n  max_backlog = }",
            "msgc_server {\n  peers = [ a = \"x\" b \"y\" c = \"z\" ]\n  max_backlog = many\n}",
            "msgc_client {\n  server = ( \"a:1\" \"b:2\"\n  max_backlog = 1\n}",
            "msgc_client {\n  server = ( \"a:1\" { }\n  max_backlog = 1\n}",
            "msgc_server {\n  peers = [ a = \"x\"\n  max_backlog = 1\n}\n}\nmsgc_client { nam = x }",
            "msgc_server {\n  node_name = \"abc\n port = 70000\n  keepalive_interval =\n  idle_timeout = 3\n /* open",
            "msgcserver_listener { Listen /run/x { } Listen \":1\" { enable = yes file_mode = 999 enabl = 1 } Peer \"x\" { } }",
            "= 3\n { a = b }\n msgc_server { = \"x\" port = = 3 peers = ( 1 ) debug_level = LOUD debug_level = 6 }",
        })
        {
            Console.WriteLine(text);
            foreach (var p in Files.Problems(text)) Console.WriteLine("   >> " + p);
        }
    }
}
