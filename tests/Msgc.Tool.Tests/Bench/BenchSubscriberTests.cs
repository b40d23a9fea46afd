using System.Reactive.Concurrency;
using Msgc.Reactive;
using Msgc.Tool.Bench;

namespace Msgc.Tool.Tests.Bench;

public sealed class BenchSubscriberTests
{
    private readonly BenchSubscriber _subscriber = new(DefaultScheduler.Instance.StartStopwatch(), 2);

    [Fact]
    public void A_stamp_reads_back_as_it_was_written()
    {
        var payload = new byte[BenchStamp.Bytes];
        var stamp = new BenchStamp(123_456_789_012, 65_535, (1L << 48) - 1);
        stamp.Write(payload);
        Assert.Equal(stamp, BenchStamp.Read(payload));
    }

    [Fact]
    public void What_is_missing_shows_in_the_count_and_what_comes_late_or_twice_is_disordered()
    {
        foreach (var (publisher, number) in ((int, long)[])[(0, 1), (1, 1), (0, 2), (0, 4), (0, 3), (0, 4), (1, 2)]) Hear(publisher, number);
        Assert.Equal((5, 2), (_subscriber.Delivered, _subscriber.Disordered));
        Assert.True(_subscriber.HasSeen(0, 4));
        Assert.False(_subscriber.HasSeen(1, 3));
    }

    [Fact]
    public void Messages_of_others_count_for_nothing()
    {
        _subscriber.OnNext(new MsgcMessage("x", default, 1, new byte[3]));
        Hear(7, 1);
        Assert.Equal((0, 0), (_subscriber.Delivered, _subscriber.Disordered));
    }

    [Fact]
    public void Only_messages_with_a_time_have_a_latency()
    {
        Hear(0, 1);
        Hear(0, 2, ticks: 1);
        Assert.Equal(1, _subscriber.Latencies.TotalCount);
    }

    private void Hear(int publisher, long number, long ticks = 0)
    {
        var payload = new byte[20];
        new BenchStamp(ticks, publisher, number).Write(payload);
        _subscriber.OnNext(new MsgcMessage("x", default, number, payload));
    }
}
