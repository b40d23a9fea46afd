using System.Text.Json;
using Msgc.Tool.Bench;

namespace Msgc.Tool.Tests.Bench;

public sealed class BenchReportTests
{
    [Fact]
    public void Without_a_rate_the_text_says_that_latency_is_of_full_queues()
    {
        var text = BenchReport.Text(Result(rate: null));

        Assert.Equal(
            """
            load       2 publishers, 3 subscribers, 1 group, 1,000 bytes, as fast as flow control allows
            published  2,000 in 0.500 s, 4,000/s
            delivered  5,990 of 6,000 in 2.000 s, 2,995/s, 3.0 MB/s
            lost       10 in 4 gaps, 5 duplicated, 6 out of order
            latency    p50 1.5, p90 1.5, p99 1.5, p99.9 1.5, max 1.5 µs
                       one way, of every 64th message; without --rate it is the time spent in full queues

            """,
            text);
    }

    [Fact]
    public void At_a_rate_the_text_says_by_how_much_publishers_overslept()
    {
        var lines = BenchReport.Text(Result(rate: 1000.5)).Split(Environment.NewLine);

        Assert.EndsWith(", 1,000.5 messages/s each", lines[0], StringComparison.Ordinal);
        Assert.Equal("           one way, of all messages, each from when it was due", lines[5]);
        Assert.Equal("overslept  p50 20, p90 20, p99 20, p99.9 20, max 20 µs: so late publishers woke up, part of the latency", lines[6]);
    }

    [Fact]
    public void Without_a_latency_there_are_no_percentiles()
    {
        var none = Result(rate: null) with { Latencies = new Latencies() };

        Assert.Contains($"{Environment.NewLine}latency    not measured{Environment.NewLine}", BenchReport.Text(none), StringComparison.Ordinal);
        Assert.Equal("""{"samples":0}""", JsonDocument.Parse(BenchReport.Json(none)).RootElement.GetProperty("latencyMicroseconds").GetRawText());
    }

    [Fact]
    public void Json_has_all_figures() => Assert.Equal(
        """
        {"publishers":2,"subscribers":3,"groups":1,"size":1000,"rate":0.5,
        "published":2000,"expected":6000,"delivered":5990,"lost":10,"gaps":4,"duplicated":5,"outOfOrder":6,
        "publishSeconds":0.5,"deliverSeconds":2,"publishedPerSecond":4000,"deliveredPerSecond":2995,"megabytesPerSecond":2.995,
        "latencyMicroseconds":{"samples":1,"p50":1.5,"p90":1.5,"p99":1.5,"p999":1.5,"max":1.5},
        "oversleptMicroseconds":{"samples":1,"p50":20,"p90":20,"p99":20,"p999":20,"max":20}}
        """.ReplaceLineEndings(""),
        BenchReport.Json(Result(rate: 0.5)));

    [Theory]
    [InlineData(6000, 0, 0, true)]
    [InlineData(5999, 0, 0, false)]
    [InlineData(6000, 1, 0, false)]
    [InlineData(6000, 0, 1, false)]
    public void A_result_is_right_when_all_messages_have_arrived_once_in_order(long delivered, long duplicated, long outOfOrder, bool isRight) =>
        Assert.Equal(isRight, (Result(rate: null) with { Delivered = delivered, Duplicated = duplicated, OutOfOrder = outOfOrder }).IsRight);

    private static BenchResult Result(double? rate)
    {
        var (latencies, overslept) = (new Latencies(), new Latencies());
        latencies.Record(15);
        overslept.Record(200);
        var load = new Workload { PublishTo = [], SubscribeAt = [], Publishers = 2, Subscribers = 3, Groups = 1, Size = 1000, Rate = rate };
        return new BenchResult(load, latencies, overslept)
        {
            Published = 2000,
            Delivered = 5990,
            Gaps = 4,
            Duplicated = 5,
            OutOfOrder = 6,
            Publishing = TimeSpan.FromSeconds(0.5),
            Delivering = TimeSpan.FromSeconds(2),
        };
    }
}
