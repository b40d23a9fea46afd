using System.Text;
using Msgc.Tool.Top;
using static Msgc.Tool.Tests.Top.Reports;

namespace Msgc.Tool.Tests.Top;

public sealed class ClusterFiguresTests
{
    private readonly ClusterFigures _figures = new();

    [Fact]
    public void Rates_are_differences_between_two_reports_over_the_servers_own_time()
    {
        _figures.Add(Report("a", 10, Connection("feed", messagesIn: 100), messages: 100), time: 0);
        Assert.False(_figures.IsComplete(0));
        Assert.Equal(0, _figures.Servers(0)[0].Rates.MessagesIn);
        _figures.Add(Report("a", 12, Connection("feed", messagesIn: 500) + "," + Connection("new", messagesOut: 30), messages: 500), time: 9);
        Assert.True(_figures.IsComplete(9));
        Assert.Equal((200, 400, 60_000), (_figures.Servers(9)[0].Rates.MessagesIn, _figures.Servers(9)[0].Rates.MessagesOut, _figures.Servers(9)[0].Rates.Bytes));
        Assert.Equal([("feed", 200, 0), ("new", 0, 15)], _figures.Connections(9).Select(row => (row.Connection.Name, row.Rates.MessagesIn, row.Rates.MessagesOut)));
    }

    [Fact]
    public void A_restarted_server_begins_anew()
    {
        _figures.Add(Report("a", 10, messages: 1000), 0);
        _figures.Add(Report("a", 11, messages: 2000), 1);
        _figures.Add(Report("a", 0.1, messages: 5, incarnation: "2"), 2);
        Assert.False(_figures.IsComplete(2));
        Assert.Equal(0, _figures.Servers(2)[0].Rates.MessagesIn);
    }

    [Fact]
    public void A_report_that_comes_in_between_does_not_make_a_rate_over_a_moment()
    {
        _figures.Add(Report("a", 10, messages: 0), 0);
        _figures.Add(Report("a", 11, messages: 1000), 1);
        _figures.Add(Report("a", 11.001, messages: 1001), 1.001);
        Assert.Equal(1000, _figures.Servers(1)[0].Rates.MessagesIn, 0.5);
    }

    [Fact]
    public void A_tick_a_moment_after_the_first_report_makes_no_rate_the_next_one_does()
    {
        _figures.Add(Report("a", 10, messages: 0), 0);
        _figures.Add(Report("a", 10.02, messages: 7), 0.02);
        Assert.Equal(0, _figures.Servers(0.02)[0].Rates.MessagesIn);
        Assert.False(_figures.IsComplete(2));
        _figures.Add(Report("a", 11.02, messages: 1020), 1.02);
        Assert.Equal(1000, _figures.Servers(1.02)[0].Rates.MessagesIn, 0.5);
    }

    [Fact]
    public void Many_reports_in_between_leave_rates_over_half_an_interval_at_least()
    {
        for (var i = 0; i <= 20; i++)
        {
            _figures.Add(Report("a", 10 + (i * 0.1), messages: 100 * i), i * 0.1);
            Assert.Equal(i < 5 ? 0 : 1000, _figures.Servers(2)[0].Rates.MessagesIn, 0.5);
        }
    }

    [Fact]
    public void It_is_complete_only_once_all_servers_had_the_time_of_an_interval_and_a_half_to_tell_of_themselves()
    {
        _figures.Add(Report("reached", 10), 0); // at once; the others, which tick for somebody else, when it is their time
        _figures.Add(Report("reached", 10.9), 0.9);
        Assert.False(_figures.IsComplete(0.9));
        _figures.Add(Report("other", 70), 0.95);
        Assert.False(_figures.IsComplete(1.6)); // once only
        _figures.Add(Report("reached", 11.9), 1.9);
        _figures.Add(Report("other", 71), 1.95);
        Assert.True(_figures.IsComplete(1.95));
    }

    [Fact]
    public void The_interval_is_the_one_that_servers_tell()
    {
        _figures.Add(Report("a", 10, interval: 2), 0);
        _figures.Add(Report("a", 12, interval: 2), 2);
        Assert.False(_figures.IsComplete(2.9));
        Assert.True(_figures.IsComplete(3));
    }

    [Fact]
    public void A_server_that_dies_after_its_first_report_is_waited_for_until_it_counts_as_lost()
    {
        _figures.Add(Report("dead", 5), 0);
        for (var second = 0; second <= 4; second++)
        {
            _figures.Add(Report("alive", 10 + second), second);
            Assert.Equal(second > ClusterFigures.Lost, _figures.IsComplete(second));
        }
        Assert.Equal([("alive", false), ("dead", true)], _figures.Servers(4).Select(row => (row.Report.Server, row.IsLost)));
    }

    [Fact]
    public void It_is_not_complete_when_all_servers_are_lost_or_none_has_reported()
    {
        Assert.False(_figures.IsComplete(5));
        _figures.Add(Report("a", 10), 0);
        _figures.Add(Report("a", 11), 1);
        Assert.True(_figures.IsComplete(3.9));
        Assert.False(_figures.IsComplete(4.1));
    }

    [Fact]
    public void Groups_are_summed_over_servers_and_the_busiest_come_first()
    {
        foreach (var second in (int[])[0, 1])
        {
            _figures.Add(Report("a", 10 + second, groups: Group("x", 2, 100 * second) + "," + Group("quiet", 9, 0)), second);
            _figures.Add(Report("b", 20 + second, groups: Group("x", 1, 50 * second) + "," + Group("y", 1, 70 * second)), second);
        }
        Assert.Equal([new GroupRow("x", 3, 150), new GroupRow("y", 1, 70), new GroupRow("quiet", 9, 0)], _figures.Groups(1));
    }

    [Fact]
    public void The_longest_queue_comes_first_and_a_silent_server_has_no_connections_any_more()
    {
        _figures.Add(Report("a", 1, Connection("calm") + "," + Connection("slow", queued: 7)), 0);
        Assert.Equal(["slow", "calm"], _figures.Connections(2.9).Select(row => row.Connection.Name));
        Assert.False(_figures.Servers(2.9)[0].IsLost);
        Assert.Empty(_figures.Connections(3.1));
        Assert.True(_figures.Servers(3.1)[0].IsLost);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("{}")]
    [InlineData("""{"server":"a","incarnation":"1","seconds":"soon","totals":{}}""")]
    public void What_is_no_report_is_none(string text) => Assert.Null(StatisticsReport.Read(Encoding.UTF8.GetBytes(text)));
}
