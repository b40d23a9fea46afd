namespace Msgc.Reactive.Hosting.Tests;

/// <summary>A file as Momentum has it.</summary>
public sealed class SampleTests
{
    internal const string Sample = """
        # NOTE: the same file on all nodes
        msgcserver_listener {
           Listen ":4809" { }
           Listen "/run/msgc.sock" { file_mode = 0660 }
           Listen "*:4810" { enable = false }
        }
        msgc_server {
           peers = [
             node1 = "192.168.0.10"
             node2 = "192.168.0.11"
             manager = "192.168.0.12"
           ]
           keepalive_interval = 5
           debug_level = "INFO"
        }
        msgc_client {
           server = ( "127.0.0.1:4809" "node2:4809" )
        }
        """;

    [Fact]
    public void The_sample_reads_as_it_is_meant()
    {
        var conf = MsgcConf.Read("/m.conf", o => o with { NodeName = "node1" }, new MemoryFiles { ["/m.conf"] = Sample });

        Assert.Empty(conf.Problems);
        Assert.Equal([new(":4809"), new("/run/msgc.sock") { FileMode = (UnixFileMode)0b110_110_000 }], conf.Server.Listen);
        Assert.Equal(
            [("manager", "192.168.0.12"), ("node1", "192.168.0.10"), ("node2", "192.168.0.11")],
            conf.Server.Peers.OrderBy(peer => peer.Key).Select(peer => (peer.Key, peer.Value)));
        Assert.Equal((TimeSpan.FromSeconds(5), MsgcDebugLevel.Info), (conf.Server.KeepAliveInterval, conf.ServerDebugLevel));
        Assert.Equal(["127.0.0.1:4809", "node2:4809"], Assert.Single(conf.Clients).Value.Servers);
    }

    [Fact]
    public void The_effective_configuration_marks_defaults_and_says_where_the_rest_comes_from()
    {
        var conf = MsgcConf.Read("/m.conf", o => o with { NodeName = "node1" }, new MemoryFiles { ["/m.conf"] = Sample });

        var lines = conf.Describe().Split(Environment.NewLine);

        Assert.Equal("  Listen \":4809\" { accept_queue_backlog = 512 }   # /m.conf:3", lines[1]);
        Assert.Equal("  Listen \"/run/msgc.sock\" { file_mode = 0660 accept_queue_backlog = 512 }   # /m.conf:4", lines[2]);
        Assert.Contains("  node_name = \"node1\"   # given", lines);
        Assert.Contains("  keepalive_interval = 5   # /m.conf:13", lines);
        Assert.Contains("  idle_timeout = 30   # default", lines);
        Assert.Contains("  debug_level = \"INFO\"   # /m.conf:14", lines);
        Assert.Contains("  debug_level = \"ERROR\"   # default", lines); // the client's
    }

    [Fact]
    public void What_holds_whatever_the_file_says_is_no_line_of_the_file()
    {
        var conf = MsgcConf.Read("/m.conf", o => o with { NodeName = "node1" }, new MemoryFiles { ["/m.conf"] = "msgc_server { node_name = filed }" });

        Assert.Contains("  node_name = \"node1\"   # given", conf.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void Configurations_with_errors_are_not_compared()
    {
        var (right, wrong) = (Files.Read("msgc_server { }"), Files.Read("msgc_server { port = 70000 }"));

        Assert.Throws<InvalidOperationException>(() => wrong.ServerChangesSince(right));
        Assert.Throws<InvalidOperationException>(() => right.ServerChangesSince(wrong));
    }

    [Fact]
    public void Without_a_listener_the_server_listens_at_its_own_entry_and_the_description_says_so()
    {
        const string Mesh = "msgc_server { peers = [ node1 = \"127.0.0.1\" node2 = \"127.0.0.2\" ] peer_secret = hidden }";
        var conf = MsgcConf.Read("/m.conf", o => o with { NodeName = "node2" }, new MemoryFiles { ["/m.conf"] = Mesh });

        Assert.Empty(conf.Problems);
        Assert.Contains("  Listen \"127.0.0.2:4809\" { accept_queue_backlog = 512 }   # default: its own entry among the peers", conf.Describe(), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", conf.Describe(), StringComparison.Ordinal);
        Assert.Contains("  # peer_secret is not shown   # /m.conf:1", conf.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_changes_of_the_server_are_changes_of_the_server()
    {
        var before = Files.Read("msgc_server { keepalive_interval = 5 } msgc_client { server = a:1 }");
        var after = Files.Read("msgc_server { keepalive_interval = 5 idle_timeout = 31 debug_level = 1 } msgc_client { server = b:1 max_backlog = 99 }");

        Assert.Equal(["idle_timeout", "debug_level"], after.ServerChangesSince(before));
        Assert.Empty(after.ServerChangesSince(after));
    }
}
