namespace Msgc.Reactive.Hosting.Tests.Settings;

/// <summary>Each kind of wrong option with its place. (contract, "§7")</summary>
public sealed class OptionErrorTests
{
    [Theory]
    [InlineData("keepalive_intervall = 5", "there is no option 'keepalive_intervall' in msgc_server; did you mean keepalive_interval?", 15)]
    [InlineData("Keep_Alive_Interval = 5", "there is no option 'Keep_Alive_Interval' in msgc_server; did you mean keepalive_interval?", 15)]
    [InlineData("server = ( \"a:1\" )", "there is no option 'server' in msgc_server; known are node_name, peers, port, peer_secret, connect_timeout, keepalive_interval, idle_timeout, reconnect_interval, max_backlog, max_backlog_bytes, messages_per_iter, tcpbuf_size, stall_timeout, drain_timeout, max_frame_bytes, debug_level", 15)]
    [InlineData("peer \"x\" { }", "there is no stanza 'peer' in msgc_server; remove it", 15)]
    [InlineData("connect_timeout = soon", "connect_timeout is 'soon'; write a number of seconds, such as 5 or 0.5", 33)]
    [InlineData("connect_timeout = -1", "connect_timeout is '-1'; write a number of seconds, such as 5 or 0.5", 33)]
    [InlineData("connect_timeout = 0", "connect_timeout is 00:00:00; it must be above 0 and at most 24 days", 33)]
    [InlineData("idle_timeout = forever", "idle_timeout is 'forever'; write a number of seconds, such as 5 or 0.5, or never", 30)]
    [InlineData("max_backlog = 5.5", "max_backlog is '5.5'; write a whole number", 29)]
    [InlineData("max_backlog = 99999999999", "max_backlog is '99999999999'; write a whole number", 29)]
    [InlineData("max_backlog = ( 5 )", "max_backlog is a list; write a whole number", 29)]
    [InlineData("max_backlog_bytes = 8388607", "max_backlog_bytes is 8388607; it must be from 8388608 to ", 35)]
    [InlineData("max_frame_bytes = 10000000", "max_backlog_bytes is 16777216; it must be from 80000000 to ", 1)]
    [InlineData("port = 65536", "port is 65536; it must be from 1 to 65535", 22)]
    [InlineData("debug_level = LOUD", "debug_level is 'LOUD'; write DEBUG, INFO, NOTICE, WARNING, ERROR, CRITICAL, or 0 to 5 in this order", 29)]
    [InlineData("debug_level = 6", "debug_level is '6'; write DEBUG, ", 29)]
    [InlineData("node_name = \"\"", "''", 27)]
    [InlineData("node_name = A peers = [ a = b ]", "node_name is 'A'; a server with peers has a name without upper-case letters", 27)]
    [InlineData("peers = ( a b )", "peers is a list; write a dictionary, as [ node1 = \"10.0.0.1\" node2 = \"10.0.0.2\" ]", 23)]
    [InlineData("peers = [ A = b ]", "peer A has an upper-case letter in its name; write 'a'", 25)]
    [InlineData("peers = [ a = B.org ]", "peer a is 'B.org', which has an upper-case letter in its host; write 'b.org'", 29)]
    [InlineData("peers = [ a = ( b ) ]", "peer a is a list; write its host", 29)]
    [InlineData("peers = [ a = \"b:c\" ]", "peer a is 'b:c'; write host, host:port, [v6]:port or the absolute path of a unix socket", 29)]
    [InlineData("peer_secret = ( shown )", "peer_secret is no text; write a text", 29)]
    public void A_servers_option_that_is_wrong_says_what_would_be_right(string option, string expected, int column)
    {
        var problem = Assert.Single(Files.Read($"msgc_server {{ {option} }}").Problems);
        Assert.StartsWith(expected, problem.Message, StringComparison.Ordinal);
        Assert.Equal(("/etc/m.conf", 1, column, false), (problem.File, problem.Line, problem.Column, problem.IsWarning));
    }

    [Theory]
    [InlineData("server = ( )", "server is an empty list; write a list, as ( \"127.0.0.1:4809\" \"node2:4809\" )", 24)]
    [InlineData("server = ( \"a:1\" node2 )", "server is 'node2'; write host:port, *:port, :port, [v6]:port or the absolute path of a unix socket", 32)]
    [InlineData("server = ( ( ) )", "a server is a list; write host:port", 26)]
    [InlineData("no_echo = yes", "no_echo is 'yes'; write true or false", 25)]
    [InlineData("severs = a", "there is no option 'severs' in msgc_client; did you mean server?", 15)]
    public void A_clients_option_that_is_wrong_says_what_would_be_right(string option, string expected, int column)
    {
        var problem = Assert.Single(Files.Read($"msgc_client {{ {option} }}").Problems);
        Assert.Equal((expected, 1, column), (problem.Message, problem.Line, problem.Column));
    }

    [Theory]
    [InlineData("Listen { }", "Listen has no endpoint; write it in quotes, as Listen \":4809\" { }", 23)]
    [InlineData("Listen \"4809\" { }", "Listen is '4809'; write host:port, *:port, :port, [v6]:port or the absolute path of a unix socket", 30)]
    [InlineData("Listen \":1\" { enable = 1 }", "enable is '1'; write true or false", 46)]
    [InlineData("Listen \"/x\" { file_mode = 0888 }", "file_mode is '0888'; write an octal mode from 0000 to 0777, such as 0660", 49)]
    [InlineData("Listen \"/x\" { file_mode = 1777 }", "file_mode is '1777'; write an octal mode from 0000 to 0777, such as 0660", 49)]
    [InlineData("Listen \":1\" { backlog = 1 }", "there is no option 'backlog' in Listen; known are enable, file_mode, accept_queue_backlog", 37)]
    [InlineData("Listen \":1\" { x { } }", "there is no stanza 'x' in Listen; remove it", 37)]
    [InlineData("Peer \"10.0.0.0/8\" { }", "there is no stanza 'Peer' in msgcserver_listener; known are Listen", 23)]
    [InlineData("Listen \":1\" { enable = false }", "no endpoint is enabled; enable one", 23)]
    [InlineData("enabel = true", "there is no option 'enabel' in msgcserver_listener; did you mean enable?", 23)]
    public void A_listeners_option_that_is_wrong_says_what_would_be_right(string option, string expected, int column)
    {
        var problem = Assert.Single(Files.Read($"msgcserver_listener {{ {option} }}").Problems);
        Assert.Equal((expected, 1, column), (problem.Message, problem.Line, problem.Column));
    }

    [Theory]
    [InlineData("msgcserver_listener { Listen \":4810\" { } } msgc_server { port = 4809 }", "1:65: warning: port is 4809, where peers dial each other, but no endpoint listens there: *:4810; write the same port in both places")]
    [InlineData("msgcserver_listener { Listen \":4810\" { } } msgc_server { }")]
    [InlineData("msgcserver_listener { Listen \":4810\" { } } msgc_server { node_name = a peers = [ a = \"x:4810\" ] }")]
    [InlineData("msgcserver_listener { Listen \":4810\" { } } msgc_server { node_name = a peers = [ a = x ] }", "1:44: warning: port is 4809, where peers dial each other, but no endpoint listens there: *:4810; write the same port in both places")]
    [InlineData("msgc_server { node_name = c peers = [ a = x b = y ] }", "1:37: warning: this server's name, 'c', is not among the peers, which therefore refuse it; name it a or b, or add it to the peers")]
    [InlineData("msgc_server { node_name = a peers = [ a = x a = y ] }", "1:45: warning: peer a stands twice; this one holds")]
    [InlineData("msgc_serer { port = x }", "1:1: warning: the stanza 'msgc_serer' is another module's and is skipped; did you mean msgc_server?")]
    [InlineData("msgcserver_listener { Listen \":1\" { file_mode = 0600 } }", "1:37: warning: file_mode has no effect on :1; it is for the paths of unix sockets")]
    public void What_is_hardly_meant_is_a_warning(string text, params string[] expected)
    {
        var conf = Files.Read(text);
        Assert.True(conf.IsValid);
        Assert.Equal(expected, Files.Problems(text));
    }

    [Fact]
    public void All_errors_come_at_once_in_the_order_of_their_lines()
    {
        var problems = Files.Problems("""
            msgc_server {
              keepalive_interval = 0
              max_backlog = 1
              idle_timeout = x
              port 7
              peers = [ A = b c = D ]
            }
            msgc_client { max_backlog = 2 max_backlogs = 3
            """);
        Assert.Equal(["2:24", "3:17", "4:18", "5:8", "6:13", "6:23", "8:13", "8:29", "8:31"], problems.Select(problem => string.Join(':', problem.Split(':')[..2])));
    }

    [Fact]
    public void What_the_command_line_says_is_checked_together_with_the_file()
    {
        var files = new MemoryFiles { ["/m.conf"] = "\nmsgc_server { peers = [ a = x ] }" };
        var conf = MsgcConf.Read("/m.conf", o => o with { NodeName = "A" }, files);
        Assert.Equal("/m.conf:2:1: node_name is 'A'; a server with peers has a name without upper-case letters", Assert.Single(conf.Problems).ToString());
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_a_problem_like_others()
    {
        var conf = MsgcConf.Read("/m.conf", null, new MemoryFiles());
        Assert.Equal("/m.conf:1:1: '/m.conf' cannot be read: no such file", Assert.Single(conf.Problems).ToString());
        Assert.False(conf.IsValid);
    }
}
