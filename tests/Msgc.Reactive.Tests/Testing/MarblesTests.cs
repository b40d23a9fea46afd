using System.Reactive.Concurrency;
using System.Reactive.Linq;
using CsCheck;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Testing;

public sealed class MarblesTests
{
    public static TheoryData<bool> Schedulers => [false, true];

    [Theory]
    [MemberData(nameof(Schedulers))]
    public void A_hot_sequence_through_an_operator_is_as_expected(bool testScheduler)
    {
        var (scheduler, marbles) = Make(testScheduler);
        var typed = marbles.Hot("a-b-c 300ms d----------|");
        var seen = marbles.Record(typed.Throttle(TimeSpan.FromMilliseconds(50), scheduler));
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        seen.ShouldBe("---------c 300ms d-----|");
    }

    [Theory]
    [MemberData(nameof(Schedulers))]
    public void A_cold_sequence_begins_anew_for_each_subscriber(bool testScheduler)
    {
        var (scheduler, marbles) = Make(testScheduler);
        var source = marbles.Cold("-a(bc)-|");
        var first = marbles.Record(source);
        MarbleRecord? second = null;
        scheduler.Schedule(TimeSpan.FromMilliseconds(30), () => second = marbles.Record(source));
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        Assert.Equal("-a(bc)-|", first.ToString());
        second!.ShouldBe("-a(bc)-|");
    }

    [Fact]
    public void Elements_and_errors_stand_for_what_is_wanted()
    {
        var (scheduler, marbles) = Make(false);
        var error = new TimeoutException();
        var numbers = marbles.Cold("1-2-#", c => c - '0', error);
        var seen = marbles.Record(numbers.Select(n => n * 2), n => (char)('0' + n));
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        seen.ShouldBe("2-4-#");
        Assert.Same(error, seen.Error);
    }

    [Fact]
    public void What_is_left_of_the_caret_has_passed()
    {
        var (scheduler, marbles) = Make(false);
        var seen = marbles.Record(marbles.Hot("ab-^-c|"));
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        seen.ShouldBe("-c|");
        Assert.StartsWith("'a^b' has a '^'", Assert.Throws<FormatException>(() => marbles.Cold("a^b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_comes_between_two_frames_is_not_rounded()
    {
        var (scheduler, marbles) = Make(false);
        var seen = marbles.Record(marbles.Cold("a--b").Delay(TimeSpan.FromMilliseconds(4), scheduler));
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        Assert.Equal("~a--~b", seen.ToString());
        Assert.Contains("cannot be expected", Assert.Throws<FormatException>(() => seen.ShouldBe("~a--~b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_difference_is_told_with_both_diagrams()
    {
        var (scheduler, marbles) = Make(false);
        var seen = marbles.Record(marbles.Cold("-a-|"));
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        var error = Assert.Throws<InvalidOperationException>(() => seen.ShouldBe("--a|"));
        Assert.Equal("The sequence is not what it should be.\nexpected  --a|\nseen      -a-|".ReplaceLineEndings(), error.Message);
    }

    [Fact]
    public void A_record_that_is_disposed_writes_no_more()
    {
        var (scheduler, marbles) = Make(false);
        var seen = marbles.Record(marbles.Cold("a-b-c"));
        scheduler.Schedule(TimeSpan.FromMilliseconds(30), seen.Dispose);
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        seen.ShouldBe("a-b");
    }

    [Theory]
    [InlineData("a(b", 2, "the '(' has no ')'")]
    [InlineData("a)", 2, "the ')' has no '('")]
    [InlineData("a()b", 2, "nothing is between '(' and ')'")]
    [InlineData("(a-b)", 3, "'-' cannot be between '(' and ')', where all is on one tick")]
    [InlineData("a|b", 3, "'b' comes after the end")]
    [InlineData("a#|", 3, "'|' comes after the end")]
    [InlineData("a^b^", 4, "there is a '^' already")]
    [InlineData("a 15ms b", 3, "'15ms' is no whole number of frames of 10 ms")]
    [InlineData("a 1.2.3s b", 3, "'1.2.3s' is no time; write 900ms, 2s or 1m")]
    public void A_diagram_that_cannot_be_read_is_told_with_its_column(string text, int column, string why)
    {
        var error = Assert.Throws<FormatException>(() => MarbleDiagram.Parse(text, TimeSpan.FromMilliseconds(10)));
        Assert.Equal($"'{text}', column {column}: {why}.", error.Message);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("- a -", "-a")]
    [InlineData("a 100ms b", "a----------b")]
    [InlineData("a 2s b", "a 2000ms b")]
    [InlineData("1 1s 1", "1 1000ms 1")]
    [InlineData("(a)--", "a")]
    [InlineData("a 1m (bc|)", "a 60000ms (bc|)")]
    public void There_is_one_way_to_write_a_diagram(string text, string canonical) => Assert.Equal(canonical, MarbleDiagram.Parse(text, TimeSpan.FromMilliseconds(10)).ToString());

    [Fact]
    public void Reading_and_writing_are_each_others_inverse()
    {
        var frame = TimeSpan.FromMilliseconds(10);
        var moments = Gen.Select(Gen.Int[0, 60], Gen.Char["abcXYZ079"].Array[1, 4]).Array[0, 8];
        Gen.Select(moments, Gen.Bool).Sample((all, ends) =>
        {
            var marks = new List<(TimeSpan, char)>();
            var at = TimeSpan.Zero;
            foreach (var (silence, signs) in all)
            {
                at += silence * frame;
                marks.AddRange(signs.Select(sign => (at, sign)));
                at += frame;
            }
            if (ends) marks.Add((at, MarbleDiagram.Completion));
            var text = new MarbleDiagram(marks, TimeSpan.Zero, frame).ToString();
            var parsed = MarbleDiagram.Parse(text, frame);
            return parsed.Marks.SequenceEqual(marks) && parsed.ToString() == text;
        });
    }

    private static (VirtualTimeSchedulerBase<long, long> Scheduler, Marbles Marbles) Make(bool testScheduler)
    {
        VirtualTimeSchedulerBase<long, long> scheduler = testScheduler ? new TestScheduler() : new VirtualScheduler();
        return (scheduler, new Marbles(scheduler));
    }
}
