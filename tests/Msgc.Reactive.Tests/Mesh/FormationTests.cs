using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Tests.Mesh;

/// <summary>Servers find each other and hold one link per pair. (contract, "§6")</summary>
public sealed class FormationTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public void Servers_form_a_full_mesh_with_one_link_per_pair(int servers)
    {
        using var cluster = new Cluster(servers);
        cluster.Settle();
        cluster.AssertFullMesh();
        cluster.Advance(11);
        cluster.AssertFullMesh();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(3, 1)]
    [InlineData(1, 3)]
    [InlineData(9, 2)]
    [InlineData(2, 9)]
    public void Crossing_dials_end_in_one_link_whatever_the_way_takes_in_each_direction(int millisecondsToB, int millisecondsToA)
    {
        // The second server starts at every moment of the first one's handshake, in steps of half the shortest way.
        for (var start = 0; start < 40; start++)
        {
            using var cluster = new Cluster(2, start: false, seed: (ulong)start + 1);
            cluster.Network.SetLatency("a", "b", TimeSpan.FromMilliseconds(millisecondsToB) + TimeSpan.FromTicks(7));
            cluster.Network.SetLatency("b", "a", TimeSpan.FromMilliseconds(millisecondsToA) + TimeSpan.FromTicks(7));
            var first = start % 2 == 0 ? "a" : "b";
            cluster.Start(first);
            cluster.Advance((start / 2) * 0.0005);
            cluster.Start(first == "a" ? "b" : "a");
            cluster.Advance(6);
            cluster.AssertFullMesh();
            Assert.Empty(cluster.Logs.Of(11)); // no link was lost on the way
        }
    }

    [Fact]
    public void Servers_that_start_one_after_the_other_are_linked_at_once()
    {
        using var cluster = new Cluster(5, start: false);
        foreach (var name in cluster.Names)
        {
            cluster.Start(name);
            cluster.Advance(1.7);
        }
        cluster.AssertFullMesh();
    }

    [Fact]
    public void An_own_entry_under_another_name_is_found_and_left_alone()
    {
        using var cluster = new Cluster(1, o => o with { Peers = new Dictionary<string, string> { ["a"] = "a", ["alias"] = "127.0.0.1" } });
        cluster.Advance(30);
        Assert.Equal("alias Self", cluster.PeersOf("a"));
        Assert.Equal(0, cluster.Network.Connections);
        Assert.Single(cluster.Logs.Of(14));
    }

    [Fact]
    public void A_second_server_of_a_name_is_refused_and_told_until_the_first_one_is_gone()
    {
        using var cluster = new Cluster(3);
        cluster.Settle();
        cluster.Start("b", host: "twin");
        cluster.Advance(12);
        Assert.Equal("a Connecting Refused, c Connecting Refused", cluster.PeersOf("twin"));
        Assert.Contains("linked to another server named 'b'", cluster.StatesOf("twin")[0].Reason, StringComparison.Ordinal);
        Assert.Single(cluster.Logs.Of(13), l => l.Text.StartsWith("b is refused by a", StringComparison.Ordinal)); // once, however often it tries
        Assert.Equal("b Linked, c Linked", cluster.PeersOf("a"));
        cluster.Kill("b");
        cluster.Advance(6);
        Assert.Equal("a Linked, c Linked", cluster.PeersOf("twin"));
    }

    [Fact]
    public void A_server_that_dials_another_one_of_its_own_name_is_told()
    {
        var peers = new Dictionary<string, string> { ["b"] = "twin" };
        using var cluster = new Cluster(1, o => o with { Peers = peers });
        cluster.Start("a", host: "twin");
        cluster.Advance(1);
        Assert.Contains("another server is named 'a', too", cluster.StatesOf("a")[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_whose_entry_has_another_name_is_refused()
    {
        using var cluster = new Cluster(2, start: false);
        cluster.Start("a", o => o with { Peers = new Dictionary<string, string> { ["c"] = "b", ["b"] = "nowhere" } });
        cluster.Start("b");
        cluster.Advance(1);
        var state = cluster.StatesOf("a").Single(p => p.Name == "c");
        Assert.Equal((MsgcPeerPhase.Connecting, MsgcCause.Refused), (state.Phase, state.Cause));
        Assert.Contains("dialled as 'c', but its name is 'b'", state.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_is_not_among_the_peers_is_refused_until_it_is()
    {
        using var cluster = new Cluster(2, start: false);
        cluster.Start("a");
        var b = cluster.Start("b", o => o with { Peers = new Dictionary<string, string>() });
        cluster.Advance(1);
        Assert.Contains("'a' is not among the peers of 'b'", cluster.StatesOf("a")[0].Reason, StringComparison.Ordinal);
        b.Configure(b.Options with { Peers = new Dictionary<string, string> { ["a"] = "a" } });
        cluster.Settle();
        cluster.AssertFullMesh();
        b.Configure(b.Options with { Peers = new Dictionary<string, string>() });
        cluster.Settle();
        Assert.Equal("", cluster.PeersOf("b"));
        Assert.Equal("b Lost Closed", cluster.PeersOf("a"));
        Assert.Equal(0, cluster.Network.Connections);
    }

    [Fact]
    public void A_peers_changed_address_is_dialled_anew_and_other_links_stay()
    {
        using var cluster = new Cluster(3, start: false);
        cluster.Start("c");
        cluster.Start("b", host: "elsewhere");
        cluster.Settle();
        var a = cluster.Start("a");
        cluster.Advance(1);
        Assert.Equal("b Connecting Transport, c Linked", cluster.PeersOf("a"));
        var links = 0;
        using var watching = a.Peers.Subscribe(states => links += states.Single(p => p.Name == "c").Phase == MsgcPeerPhase.Linked ? 0 : 1);
        a.Configure(a.Options with { Peers = new Dictionary<string, string> { ["b"] = "elsewhere", ["c"] = "c" } });
        cluster.Settle();
        Assert.Equal("b Linked, c Linked", cluster.PeersOf("a"));
        Assert.Equal(0, links);
    }

    [Theory]
    [InlineData("one", "two")]
    [InlineData("one", null)]
    [InlineData(null, "two")]
    public void Servers_with_different_secrets_do_not_link(string? secretOfA, string? secretOfB)
    {
        using var cluster = new Cluster(2, start: false);
        cluster.Start("a", o => o with { PeerSecret = secretOfA });
        var b = cluster.Start("b", o => o with { PeerSecret = secretOfB });
        cluster.Advance(20);
        Assert.Contains("PeerSecret", cluster.StatesOf("a")[0].Reason, StringComparison.Ordinal);
        Assert.Equal(MsgcCause.Refused, cluster.StatesOf("b")[0].Cause);
        b.Configure(b.Options with { PeerSecret = secretOfA });
        cluster.Advance(6);
        cluster.AssertFullMesh();
    }

    [Fact]
    public void Servers_with_the_same_secret_link_and_it_does_not_cross_the_network()
    {
        using var cluster = new Cluster(3, o => o with { PeerSecret = "a secret of our own" });
        cluster.Settle();
        cluster.AssertFullMesh();
        var hello = new PeerHelloFrame(1, 2, TimeSpan.FromSeconds(30), 1024, "a", "b").Write();
        Assert.Equal(-1, hello.AsSpan().IndexOf("secret"u8));
    }

    [Fact]
    public void A_dialler_that_cannot_prove_the_secret_is_refused()
    {
        using var cluster = new Cluster(2, o => o with { PeerSecret = "secret" }, start: false);
        cluster.Start("b");
        var frames = new List<FrameKind>();
        var tap = new Sessions.Tap(cluster.Scheduler).Dial(cluster.Network.Host("evil"), "b:4809");
        tap.Receiving = frame =>
        {
            frames.Add(frame.Kind);
            if (frame.Kind == FrameKind.PeerWelcome) tap.Send(PeerProof.Confirm(new byte[PeerProof.Bytes]));
        };
        tap.Send(new PeerHelloFrame(99, 1, TimeSpan.FromSeconds(30), 1 << 20, "a", "b").Write());
        cluster.Settle();
        Assert.Equal([FrameKind.PeerWelcome, FrameKind.Refused], frames);
        Assert.Equal("a Connecting Transport", cluster.PeersOf("b"));
        // Nor does it keep the real one from being linked, whoever of the two can dial.
        cluster.Network.Refuse("b");
        cluster.Start("a");
        cluster.Advance(6);
        cluster.Network.Accept("b");
        Assert.Equal("a Linked", cluster.PeersOf("b"));
    }

    [Fact]
    public void Servers_of_different_frame_sizes_are_told_both()
    {
        using var cluster = new Cluster(2, start: false);
        cluster.Start("a", o => o with { MaxFrameBytes = 4096 });
        cluster.Start("b");
        cluster.Advance(1);
        Assert.Contains("4096", cluster.StatesOf("a")[0].Reason, StringComparison.Ordinal);
        Assert.Contains("1048576", cluster.StatesOf("a")[0].Reason, StringComparison.Ordinal);
        Assert.Equal(MsgcCause.Refused, cluster.StatesOf("b")[0].Cause);
    }

    [Fact]
    public void A_peer_of_another_protocol_version_is_refused_with_both_versions()
    {
        using var cluster = new Cluster(2, start: false);
        cluster.Start("b");
        var hello = new PeerHelloFrame(99, 1, TimeSpan.FromSeconds(30), 1 << 20, "a", "b").Write();
        HelloFrame.WriteVersions(hello, 7, 9);
        var tap = new Sessions.Tap(cluster.Scheduler).Dial(cluster.Network.Host("a"), "b:4809");
        tap.Send(hello);
        cluster.Settle();
        Assert.Equal("The dialling server speaks protocol versions 7 to 9, this server 1.", RefusedFrame.Read(new Frame(Assert.Single(tap.Frames).Bytes))!.Reason);
    }

    [Theory]
    [InlineData("North", "north", "Peers[North] has an upper-case letter in its name")]
    [InlineData("north", "North:4809", "Peers[north] is 'North:4809', which has an upper-case letter in its host")]
    [InlineData("north", "north:x", "Peers[north] is 'north:x'; write host")]
    [InlineData("north", ":4809", "Peers[north] is ':4809'; write host")]
    [InlineData("north", "north:0", "Peers[north] is 'north:0'; write host")]
    [InlineData("", "north", "no valid name")]
    public void A_wrong_entry_prevents_the_start_and_is_named(string name, string address, string error)
    {
        using var cluster = new Cluster(0);
        var thrown = Assert.Throws<ArgumentException>(() => cluster.Start("a", o => o with { Peers = new Dictionary<string, string> { [name] = address } }));
        Assert.Contains(error, thrown.Message, StringComparison.Ordinal);
        Assert.Empty(cluster.Servers);
    }

    [Fact]
    public void Peers_take_the_port_of_the_options_a_port_of_their_own_or_a_path()
    {
        var options = new MsgcServerOptions
        {
            NodeName = "a", Port = 99,
            Peers = new Dictionary<string, string> { ["a"] = "10.0.0.1", ["b"] = "10.0.0.2", ["c"] = "10.0.0.3:7", ["d"] = "[::1]", ["e"] = "/run/e.sock" },
        };
        Assert.Equal(["b 10.0.0.2:99", "c 10.0.0.3:7", "d [::1]:99", "e /run/e.sock"], options.Validated().OtherPeers().Select(p => $"{p.Key} {p.Value}"));
    }

    [Fact]
    public void A_server_with_peers_and_an_upper_case_name_does_not_start()
    {
        using var cluster = new Cluster(1, start: false);
        Assert.Contains("NodeName is 'A'", Assert.Throws<ArgumentException>(() => cluster.Start("A", host: "a")).Message, StringComparison.Ordinal);
    }
}
