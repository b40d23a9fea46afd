using System.Text.Json;
using System.Reactive.Linq;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Tests.Mesh;
using Msgc.Reactive.Tests.Sessions;

namespace Msgc.Reactive.Tests;

/// <summary>What servers publish of themselves, only while somebody listens.</summary>
public sealed class SystemGroupsTests
{
    [Fact]
    public void Who_joins_the_group_of_peers_hears_each_servers_links_at_once_and_at_each_change()
    {
        using var cluster = new Cluster(3);
        cluster.Settle();
        var seen = new List<string>();
        using var subscription = cluster.Client("c", "a").Group("$msgc.peers").Subscribe(m => seen.Add(Shown(m)));
        cluster.Settle();
        Assert.Equal(["a: b Linked, c Linked", "b: a Linked, c Linked", "c: a Linked, b Linked"], seen.Distinct().Order());
        seen.Clear();
        cluster.Kill("c");
        cluster.Settle();
        Assert.Equal("a: b Linked, c Lost Closed", seen.First(s => s.StartsWith('a')));
        Assert.Equal("a: b Linked, c Connecting Transport", Latest(cluster, seen, "a"));
        Assert.Contains(seen, s => s.StartsWith("b: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_published_while_nobody_listens()
    {
        var traffic = new LinkTraffic();
        using var cluster = new Cluster(2, start: false);
        foreach (var name in cluster.Names) cluster.Start(name, o => o with { Transport = traffic.Wrap(cluster.Network.Host(name), name) });
        cluster.Settle();
        cluster.Network.Break("a", "b");
        cluster.Advance(10);
        Assert.Equal(0, traffic.Of(FrameKind.Message));
        var subscription = cluster.Client("c", "a").Group("$msgc.peers").Subscribe(_ => { });
        cluster.Settle();
        Assert.InRange(traffic.Of(FrameKind.Message, "b"), 1, 2);
        Assert.Equal(0, traffic.Of(FrameKind.Message, "a"));
        subscription.Dispose();
        cluster.Settle();
        traffic.Clear();
        cluster.Network.Break("a", "b");
        cluster.Advance(10);
        Assert.Equal(0, traffic.Of(FrameKind.Message));
    }

    [Fact]
    public void What_does_not_fit_into_a_frame_is_shortened_and_disturbs_nobody()
    {
        var peers = Enumerable.Range(0, 60).ToDictionary(i => $"peer-number-{i}", i => $"nowhere-{i}:4809");
        peers["b"] = "b";
        using var cluster = new Cluster(2, o => o with { MaxFrameBytes = 1024 }, start: false);
        cluster.Start("a", o => o with { Peers = peers });
        cluster.Start("b");
        cluster.Settle();
        var seen = new List<MsgcMessage>();
        using var near = cluster.Client("c", "a").Group("$msgc.peers").Subscribe(_ => { });
        using var far = cluster.Client("d", "b").Group("$msgc.peers").Subscribe(seen.Add);
        cluster.Settle();
        Assert.Empty(cluster.Logs.Of(11));
        using var json = JsonDocument.Parse(seen.Last(m => m.Payload.Length > 500).Payload);
        Assert.Equal(61, json.RootElement.GetProperty("peers").GetArrayLength() + json.RootElement.GetProperty("omitted").GetInt32());
        Assert.Equal("b Linked", $"{json.RootElement.GetProperty("peers")[0].GetProperty("name")} {json.RootElement.GetProperty("peers")[0].GetProperty("state")}");
    }

    [Fact]
    public void Numbers_go_on_from_one_listener_to_the_next_and_make_no_gap_for_a_new_one()
    {
        using var cluster = new Cluster(1);
        var client = cluster.Client("c", "a");
        for (var i = 0; i < 3; i++)
        {
            var gaps = 0;
            var seen = 0;
            using (client.Group("$msgc.peers").Events.Subscribe(e =>
            {
                if (e.Gap is not null) gaps++;
                if (e.Message is not null) seen++;
            })) cluster.Settle();
            Assert.Equal((0, 1), (gaps, seen));
        }
    }

    [Fact]
    public void Who_joins_and_leaves_in_a_loop_costs_one_report()
    {
        using var world = new World();
        var stranger = world.DialRaw(Raw.Hello());
        stranger.Send([.. Enumerable.Range(0, 101).Select(i => Raw.Named(i % 2 == 0 ? FrameKind.Join : FrameKind.Leave, "$msgc.peers"))]);
        world.Settle();
        Assert.Equal(51, stranger.Of(FrameKind.JoinAck).Count());
        Assert.Single(stranger.Of(FrameKind.Message));
    }

    private static string Latest(Cluster cluster, List<string> seen, string server)
    {
        cluster.Advance(5.1);
        return seen.Last(s => s.StartsWith(server, StringComparison.Ordinal));
    }

    private static string Shown(MsgcMessage message)
    {
        using var json = JsonDocument.Parse(message.Payload);
        var peers = json.RootElement.GetProperty("peers").EnumerateArray().Select(
            p => $"{p.GetProperty("name")} {p.GetProperty("state")}{(p.TryGetProperty("cause", out var cause) ? $" {cause}" : "")}");
        return $"{json.RootElement.GetProperty("server")}: {string.Join(", ", peers)}";
    }
}
