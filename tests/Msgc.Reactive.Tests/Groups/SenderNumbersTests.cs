using Msgc.Reactive.Groups;

namespace Msgc.Reactive.Tests.Groups;

/// <summary>Duplicates and skips. (contract, "§4")</summary>
public sealed class SenderNumbersTests
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(60);
    private readonly SenderNumbers _numbers = new();

    [Fact]
    public void The_first_number_is_the_baseline_and_makes_no_gap()
    {
        Assert.Equal((true, 0UL), Accept(1, 1000));
        Assert.Equal((true, 0UL), Accept(1, 1001));
    }

    [Fact]
    public void What_is_not_above_the_last_is_dropped_and_skips_are_counted_per_sender()
    {
        Accept(1, 5);
        Accept(2, 100);
        Assert.Equal((false, 0UL), Accept(1, 5));
        Assert.Equal((false, 0UL), Accept(1, 4));
        Assert.Equal((true, 4UL), Accept(1, 10));
        Assert.Equal((true, 0UL), Accept(2, 101));
        Assert.Equal((false, 0UL), Accept(1, 7));
    }

    [Fact]
    public void After_a_rejoin_old_numbers_are_dropped_still_but_make_no_gap()
    {
        Accept(1, 5);
        _numbers.Rejoin();
        Assert.Equal((false, 0UL), Accept(1, 5));
        Assert.Equal((true, 0UL), Accept(1, 50));
        Assert.Equal((true, 1UL), Accept(1, 52));
    }

    [Fact]
    public void Silent_senders_are_forgotten_no_sooner_than_their_time_and_only_when_there_are_many()
    {
        Accept(0, 5);
        for (var sender = 1UL; sender < 64; sender++) Accept(sender, 5, TimeSpan.FromSeconds(60));
        Accept(100, 1, TimeSpan.FromSeconds(60));
        Assert.Equal((false, 0UL), Accept(0, 4, TimeSpan.FromSeconds(60)));

        for (var sender = 200UL; sender < 1000; sender++) Accept(sender, 5, TimeSpan.FromSeconds(60) + TimeSpan.FromTicks(sender < 210 ? 0 : 1));
        for (var sender = 2000UL; sender < 4000; sender++) Accept(sender, 5, TimeSpan.FromSeconds(121));
        Assert.Equal((true, 0UL), Accept(0, 4, TimeSpan.FromSeconds(121)));
    }

    [Fact]
    public void Only_the_next_number_of_the_sender_heard_last_in_the_same_join_is_next()
    {
        Assert.False(_numbers.IsNext(1, 1, 0));
        Accept(1, 5);
        Assert.False(_numbers.IsNext(1, 5, 0));
        Assert.False(_numbers.IsNext(1, 7, 0));
        Assert.True(_numbers.IsNext(1, 6, 0));
        Assert.False(_numbers.IsNext(1, 6, 0));
        Accept(2, 7);
        Assert.False(_numbers.IsNext(1, 7, 0));
        Assert.True(_numbers.IsNext(2, 8, 0));
        _numbers.Rejoin();
        Assert.False(_numbers.IsNext(2, 9, 0));
    }

    [Fact]
    public void A_sender_whose_next_numbers_come_is_not_silent()
    {
        Accept(1, 1);
        Assert.True(_numbers.IsNext(1, 2, TimeSpan.FromSeconds(100).Ticks));
        for (var sender = 100UL; sender < 1000; sender++) Accept(sender, 5, TimeSpan.FromSeconds(120));
        Assert.Equal((false, 0UL), Accept(1, 2, TimeSpan.FromSeconds(120)));
    }

    private (bool Accepted, ulong Skipped) Accept(ulong sender, ulong number, TimeSpan now = default)
    {
        var accepted = _numbers.Accept(sender, number, now.Ticks, Memory, out var skipped);
        return (accepted, skipped);
    }
}
