using Msgc.Tool.Bench;

namespace Msgc.Tool.Tests.Bench;

public sealed class TimetableTests
{
    [Fact]
    public void Messages_are_due_at_even_distances()
    {
        var times = new Timetable(perSecond: 4, publisher: 0, publishers: 1);

        Assert.Equal([0, 250, 500, 750, 1000], Enumerable.Range(0, 5).Select(message => times.At(message).TotalMilliseconds));
    }

    [Fact]
    public void Publishers_are_due_evenly_between_each_other()
    {
        var times = Enumerable.Range(0, 4).Select(publisher => new Timetable(perSecond: 0.5, publisher, publishers: 4));

        Assert.Equal([2.0, 2.5, 3.0, 3.5], times.Select(publisher => publisher.At(1).TotalSeconds));
    }

    [Fact]
    public void A_rate_that_is_no_whole_number_of_ticks_does_not_drift()
    {
        var times = new Timetable(perSecond: 30_000, publisher: 0, publishers: 1);

        Assert.Equal(TimeSpan.FromHours(1), times.At(30_000L * 3600));
    }
}
