using CsCheck;
using Msgc.Tool.Bench;

namespace Msgc.Tool.Tests.Bench;

public sealed class SequenceTests
{
    [Theory]
    [InlineData("", 0, 0, 0, 0, 0)]
    [InlineData("0 1 2", 3, 3, 0, 0, 0)]
    [InlineData("0 2", 3, 2, 1, 0, 0)] // one missing
    [InlineData("2 3", 4, 2, 1, 0, 0)] // the first ones
    [InlineData("0 1", 5, 2, 1, 0, 0)] // the last ones
    [InlineData("", 5, 0, 1, 0, 0)] // all
    [InlineData("0 5 9", 12, 3, 3, 0, 0)]
    [InlineData("0 0 1", 2, 2, 0, 1, 0)] // again
    [InlineData("0 1 2 0 1", 3, 3, 0, 2, 0)]
    [InlineData("1 0", 2, 2, 0, 0, 1)] // late
    [InlineData("0 3 2 1", 4, 4, 0, 0, 2)]
    [InlineData("0 6 3", 7, 3, 2, 0, 1)] // late, and in the middle of what is missing
    [InlineData("0 3 1 1", 4, 3, 1, 1, 1)] // late, and again
    public void Numbers_are_counted_by_what_is_wrong_with_them(string numbers, long published, long delivered, long gaps, long duplicated, long outOfOrder)
    {
        var sequence = new Sequence();

        foreach (var number in numbers.Split(' ', StringSplitOptions.RemoveEmptyEntries)) sequence.Add(long.Parse(number));

        Assert.Equal((delivered, gaps, duplicated, outOfOrder), (sequence.Delivered, sequence.Gaps(published), sequence.Duplicated, sequence.OutOfOrder));
    }

    [Fact]
    public void Any_numbers_are_counted_as_a_list_of_all_would_count_them() => Gen.Int[0, 30].List[0, 60].Sample(numbers =>
    {
        var sequence = new Sequence();
        foreach (var number in numbers) sequence.Add(number);

        const int Published = 31;
        var seen = numbers.ToHashSet();
        Assert.Equal(seen.Count, sequence.Delivered);
        Assert.Equal(numbers.Count - seen.Count, sequence.Duplicated);
        Assert.Equal(numbers.Where((number, at) => numbers.Take(at).Any(n => n > number) && !numbers.Take(at).Contains(number)).Count(), sequence.OutOfOrder);
        Assert.Equal(Enumerable.Range(0, Published).Count(n => !seen.Contains(n) && (n == 0 || seen.Contains(n - 1))), sequence.Gaps(Published));
    });
}
