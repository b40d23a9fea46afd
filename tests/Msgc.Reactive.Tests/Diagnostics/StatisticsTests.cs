using System.Text.Json;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Tests.Mesh;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Diagnostics;

/// <summary>The statistics that servers publish, only while somebody listens.</summary>
public sealed class StatisticsTests
{
    [Fact]
    public void Who_joins_hears_each_server_at_once_and_then_each_second()
    {
        using var cluster = new Cluster(3);
        cluster.Settle();
        var seen = new List<string>();
        using var subscription = cluster.Client("top", "a").Group("$msgc.stats").Subscribe(m => seen.Add(Read(m).GetProperty("server").GetString()!));
        cluster.Settle();
        Assert.Equal(["a", "b", "c"], seen.Distinct().Order());
        seen.Clear();
        cluster.Advance(3);
        Assert.Equal(["a", "a", "a", "b", "b", "b", "c", "c", "c"], seen.Order());
    }

    [Fact]
    public void Nothing_is_published_or_scheduled_while_nobody_listens()
    {
        var traffic = new LinkTraffic();
        using var cluster = new Cluster(2, start: false);
        foreach (var name in cluster.Names) cluster.Start(name, o => o with { Transport = traffic.Wrap(cluster.Network.Host(name), name) });
        cluster.Settle();
        var client = cluster.Client("top", "a");
        cluster.Advance(10);
        Assert.Equal(0, traffic.Of(FrameKind.Message));
        var subscription = client.Group("$msgc.stats").Subscribe(_ => { });
        cluster.Advance(5);
        Assert.InRange(traffic.Of(FrameKind.Message), 5, 7);
        subscription.Dispose();
        cluster.Advance(2);
        traffic.Clear();
        cluster.Advance(10);
        Assert.Equal(0, traffic.Of(FrameKind.Message));
    }

    [Fact]
    public void Traffic_queues_and_members_are_told_and_outlive_their_connections()
    {
        using var world = new World();
        var reports = new List<JsonElement>();
        world.Client("top").Group("$msgc.stats").Subscribe(m => reports.Add(Read(m)));
        var member = world.Client("member");
        member.Group("x").Subscribe(_ => { });
        var publisher = world.Client("publisher");
        world.Settle();
        for (var i = 0; i < 30; i++)
        {
            publisher.Group("x").Publish("hello");
            world.Settle(); // in a frame of its own
        }
        world.Advance(TimeSpan.FromSeconds(2));
        var report = reports[^1];
        Assert.Equal("server", report.GetProperty("server").GetString());
        Assert.Equal(3, Total(report, "accepted"));
        Assert.Equal(2, Total(report, "joins"));
        Assert.Equal(30, Connection(report, "publisher").GetProperty("messagesIn").GetInt64());
        Assert.Equal(30, Connection(report, "member").GetProperty("messagesOut").GetInt64());
        Assert.InRange(Connection(report, "member").GetProperty("bytesOut").GetInt64(), 30 * (24 + 1 + 5), (30 * (24 + 1 + 5)) + 100);
        Assert.Equal(("x", 1, 30L), Group(report, "x"));

        publisher.Dispose();
        world.Advance(TimeSpan.FromSeconds(2));
        report = reports[^1];
        Assert.Equal(1, Total(report, "ends", "Closed"));
        Assert.Equal(30, Total(report, "messagesIn"));
        Assert.DoesNotContain("publisher", Names(report));
    }

    [Fact]
    public void Messages_that_share_a_frame_are_counted_one_by_one()
    {
        using var world = new World();
        var reports = new List<JsonElement>();
        world.Client("top").Group("$msgc.stats").Subscribe(m => reports.Add(Read(m)));
        world.Client("member").Group("x").Subscribe(_ => { });
        var publisher = world.Client("publisher");
        world.Settle();
        for (var i = 0; i < 30; i++) publisher.Group("x").Publish("hello");
        world.Advance(TimeSpan.FromSeconds(2));
        var report = reports[^1];
        Assert.Equal(30, Connection(report, "publisher").GetProperty("messagesIn").GetInt64());
        Assert.Equal(30, Connection(report, "member").GetProperty("messagesOut").GetInt64());
        Assert.InRange(Connection(report, "member").GetProperty("bytesOut").GetInt64(), 30 * 5, 30 * (24 + 1 + 5) / 2);
        Assert.Equal(("x", 1, 30L), Group(report, "x"));
    }

    [Fact]
    public void A_member_that_does_not_read_shows_with_its_queue_its_age_and_then_as_killed()
    {
        using var world = new World(server: o => o with { MaxBacklog = 80 });
        var reports = new List<JsonElement>();
        world.Client("top").Group("$msgc.stats").Subscribe(m => reports.Add(Read(m)));
        world.Client("stuck").Group("x").Subscribe(_ => { });
        var publisher = world.Client("publisher");
        world.Settle();
        world.Network.SetBandwidth("server", "stuck", 1);
        for (var i = 0; i < 20; i++) publisher.Group("x").Publish(new string('x', 30_000));
        world.Advance(TimeSpan.FromSeconds(6));
        var stuck = Connection(reports[^1], "stuck");
        Assert.Equal("stuck", reports[^1].GetProperty("connections")[0].GetProperty("name").GetString());
        Assert.InRange(stuck.GetProperty("queued").GetInt32(), 1, 20);
        Assert.InRange(stuck.GetProperty("queuedSeconds").GetDouble(), 4, 6);
        Assert.False(stuck.GetProperty("stalled").GetBoolean());

        for (var i = 0; i < 200; i++) publisher.Group("x").Publish(new string('x', 30_000));
        world.Advance(TimeSpan.FromSeconds(0.999));
        Assert.True(Connection(reports[^1], "stuck").GetProperty("stalled").GetBoolean());
        world.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(1, Total(reports[^1], "ends", "Backlog"));
        Assert.Equal(1, Total(reports[^1], "stalls"));
    }

    [Fact]
    public void What_does_not_fit_into_a_frame_is_left_out_and_counted()
    {
        using var world = new World(server: o => o with { MaxFrameBytes = 4096 });
        var reports = new List<JsonElement>();
        world.Client("top").Group("$msgc.stats").Subscribe(m => reports.Add(Read(m)));
        var member = world.Client("member");
        for (var i = 0; i < 100; i++) member.Group($"group-with-quite-a-long-name-{i:000}").Subscribe(_ => { });
        for (var i = 0; i < 20; i++) world.Client($"client-{i}");
        world.Advance(TimeSpan.FromSeconds(2));
        var report = reports[^1];
        Assert.Equal(22, Names(report).Length + report.GetProperty("omittedConnections").GetInt32());
        Assert.Equal(101, report.GetProperty("groups").GetArrayLength() + report.GetProperty("omittedGroups").GetInt32());
        Assert.InRange(Names(report).Length, 1, 21);
    }

    [Fact]
    public void A_stopped_server_schedules_nothing_more()
    {
        using var world = new World();
        world.Client("top").Group("$msgc.stats").Subscribe(_ => { });
        world.Settle();
        world.RestartServer();
        world.Dispose();
        Assert.Equal(0, ((VirtualScheduler)world.Scheduler).Outstanding);
    }

    private static JsonElement Read(MsgcMessage message) => JsonDocument.Parse(message.Payload).RootElement;

    private static JsonElement Connection(JsonElement report, string name) =>
        report.GetProperty("connections").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);

    private static string[] Names(JsonElement report) => [.. report.GetProperty("connections").EnumerateArray().Select(c => c.GetProperty("name").GetString()!)];

    private static (string Name, int Members, long Messages) Group(JsonElement report, string name)
    {
        var group = report.GetProperty("groups").EnumerateArray().Single(g => g.GetProperty("name").GetString() == name);
        return (name, group.GetProperty("members").GetInt32(), group.GetProperty("messages").GetInt64());
    }

    private static long Total(JsonElement report, params string[] path) =>
        path.Aggregate(report.GetProperty("totals"), (element, name) => element.GetProperty(name)).GetInt64();
}
