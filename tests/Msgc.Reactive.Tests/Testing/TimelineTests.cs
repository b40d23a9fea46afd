using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Testing;

public sealed class TimelineTests
{
    [Fact]
    public void Lanes_marks_and_words()
    {
        var timeline = Sample();
        Assert.Equal(
            """
            s      0        2         4         6         8
            faults -------------------F--------------------
            s0     S---------------------------x-----------
            near   SC--j----^---------------------!-------o
            ! gap  F fault  x lose  C connect  S start  j join  ^ publish  o deliver
            0.0000 s0 Start
            0.0000 near Start
            0.4000 near Connect s0
            1.0000 near Join x
            4.0000 faults Fault partition s0 | s1
            5.9000 s0 Lose s1: Idle
            6.5000 near Gap x: by way of s1, LinkLost

            """.ReplaceLineEndings(), timeline.ToString(47));
    }

    [Fact]
    public void What_matters_most_is_drawn_where_several_marks_meet()
    {
        var timeline = new Timeline();
        timeline.AddLane("c");
        timeline.Add(0, "c", TimelineMark.Start, null, null);
        for (var i = 0; i < 10; i++) timeline.Add(5_000_000, "c", TimelineMark.Deliver, "x", null);
        timeline.Add(5_000_000, "c", TimelineMark.Gap, "x", null);
        timeline.Add(5_000_000, "c", TimelineMark.Publish, "x", null);
        timeline.Add(10_000_000, "c", TimelineMark.Deliver, "x", null);
        Assert.Equal("c S-------!--------o", timeline.ToString(20).Split(Environment.NewLine)[1]);
    }

    [Fact]
    public void Lanes_groups_and_times_are_picked()
    {
        var timeline = Sample();
        Assert.Equal(["faults", "near"], timeline.Of("near").Events.Select(e => e.Lane).Distinct().Order());
        Assert.DoesNotContain(timeline.In("y").Events, e => e.Group == "x");
        Assert.Contains(timeline.In("y").Events, e => e.Mark == TimelineMark.Fault);
        Assert.Equal(3, timeline.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5.9)).Events.Count);
    }

    [Fact]
    public void Nothing_is_said_to_be_nothing() => Assert.Equal("Nothing has happened.", new Timeline().ToString());

    [Fact]
    public void A_single_moment_is_drawn()
    {
        var timeline = new Timeline();
        timeline.AddLane("c");
        timeline.Add(30_000_000, "c", TimelineMark.Kill, null, null);
        Assert.StartsWith("s 3", timeline.ToString(20), StringComparison.Ordinal);
    }

    [Fact]
    public void A_chart_too_narrow_to_read_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Sample().ToString(19));

    [Fact]
    public void Of_many_events_the_last_are_kept_and_the_others_counted()
    {
        var timeline = new Timeline();
        timeline.AddLane("c");
        for (var i = 0; i < 100_007; i++) timeline.Add(i, "c", TimelineMark.Deliver, "x", null);
        Assert.Equal((100_000, 7), (timeline.Events.Count, timeline.Events.First().Ticks));
        Assert.Contains("(7 earlier events are not kept)", timeline.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_words_those_of_disturbances_are_told_and_the_middle_is_left_out()
    {
        var timeline = new Timeline();
        timeline.AddLane("c");
        timeline.Add(0, "c", TimelineMark.Start, null, null);
        for (var i = 1; i <= 50; i++) timeline.Add(i, "c", TimelineMark.Gap, "x", $"{i}");
        var lines = timeline.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)[3..];
        Assert.Equal(41, lines.Length);
        Assert.EndsWith("x: 1", lines[0], StringComparison.Ordinal);
        Assert.Equal("... 10 more ...", lines[10]);
        Assert.EndsWith("x: 50", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_draws_what_happens_in_it()
    {
        using var cluster = new TestCluster(new VirtualScheduler(), servers: 2);
        cluster.Advance(TimeSpan.FromSeconds(0.1)); // the servers are linked
        var client = cluster.Client("c", server: 0);
        var group = client.Group("x");
        group.Events.Subscribe(_ => { });
        cluster.At(TimeSpan.FromSeconds(1), _ => group.Publish("1"));
        cluster.At(TimeSpan.FromSeconds(2), c => c.Break("c", 0));
        cluster.At(TimeSpan.FromSeconds(3), c => c.Kill(1));
        cluster.Advance(TimeSpan.FromSeconds(10));
        var marks = cluster.Timeline.Of("c", "s1").Events.Select(e => $"{e.Lane} {e.Mark}").ToList();
        Assert.Equal(
            ["c Start", "c Connect", "c Join", "c View", "c Publish", "c Deliver", "faults Fault", "c Gap", "c Lose", "c Report", "c Connect", "c Join", "c Gap"],
            marks.Where(m => !m.StartsWith("s1", StringComparison.Ordinal)));
        Assert.Contains("s1 Kill", marks);
    }

    [Fact]
    public void An_observer_that_throws_is_drawn_with_what_it_threw()
    {
        using var cluster = new TestCluster(new VirtualScheduler(), servers: 1);
        var group = cluster.Client("c", server: 0).Group("x");
        group.Subscribe(_ => throw new InvalidOperationException("no more"));
        cluster.At(TimeSpan.FromSeconds(1), _ => group.Publish("1"));
        cluster.Advance(TimeSpan.FromSeconds(2));
        var report = Assert.Single(cluster.Timeline.Events, e => e.Mark == TimelineMark.Report);
        Assert.Equal(("c", "x", "ObserverFailed, InvalidOperationException: no more"), (report.Lane, report.Group, report.Detail));
    }

    private static Timeline Sample()
    {
        var timeline = new Timeline();
        foreach (var lane in (string[])["faults", "s0", "near"]) timeline.AddLane(lane);
        timeline.Add(0, "s0", TimelineMark.Start, null, null);
        timeline.Add(0, "near", TimelineMark.Start, null, null);
        timeline.Add(4_000_000, "near", TimelineMark.Connect, null, "s0");
        timeline.Add(10_000_000, "near", TimelineMark.Join, "x", null);
        timeline.Add(20_000_000, "near", TimelineMark.Publish, "x", null);
        timeline.Add(40_000_000, "faults", TimelineMark.Fault, null, "partition s0 | s1");
        timeline.Add(59_000_000, "s0", TimelineMark.Lose, null, "s1: Idle");
        timeline.Add(65_000_000, "near", TimelineMark.Gap, "x", "by way of s1, LinkLost");
        timeline.Add(80_000_000, "near", TimelineMark.Deliver, "x", null);
        return timeline;
    }
}
