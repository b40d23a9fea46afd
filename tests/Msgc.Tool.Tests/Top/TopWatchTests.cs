using System.Reactive.Concurrency;
using Msgc.Reactive;
using Msgc.Tool.Top;

namespace Msgc.Tool.Tests.Top;

public sealed class TopWatchTests
{
    private readonly Clock _clock = new();
    private readonly TopWatch _watch;

    public TopWatchTests() => _watch = new TopWatch(_clock);

    [Fact]
    public void It_has_begun_with_the_first_report_and_is_complete_with_the_first_after_an_interval_and_a_half_that_makes_a_rate()
    {
        Report(0, "no report");
        Assert.False(_watch.Begun.IsCompleted);
        foreach (var second in (int[])[0, 1])
        {
            Report(second, Reports.Payload("a", 10 + second));
            Assert.Equal((true, false), (_watch.Begun.IsCompletedSuccessfully, _watch.Complete.IsCompleted));
        }
        Report(2, Reports.Payload("a", 12));
        Assert.True(_watch.Complete.IsCompletedSuccessfully);
        Assert.False(_watch.Ended.IsCompleted);
    }

    [Fact]
    public void An_error_after_the_first_report_is_how_it_ends()
    {
        Report(0, Reports.Payload("a", 10));
        var error = new MsgcRefusedException("Not you.");
        _watch.OnError(error);
        Assert.True(_watch.Begun.IsCompletedSuccessfully);
        Assert.Same(error, _watch.Complete.Exception?.InnerException);
        Assert.Same(error, _watch.Ended.Exception?.InnerException);
    }

    [Fact]
    public void It_ends_without_an_error_when_the_client_is_disposed()
    {
        _watch.OnCompleted();
        Assert.True(_watch.Ended.IsCompletedSuccessfully);
    }

    private void Report(double time, string text) => Report(time, System.Text.Encoding.UTF8.GetBytes(text));

    private void Report(double time, byte[] payload)
    {
        _clock.Elapsed = TimeSpan.FromSeconds(time);
        _watch.OnNext(new MsgcMessage(StatisticsReport.Group, new MsgcClientId(1), 1, payload));
    }

    private sealed class Clock : IStopwatch
    {
        public TimeSpan Elapsed { get; set; }
    }
}
