namespace Msgc.Reactive.Tests.Sessions;

/// <summary>Stalls of a link whose far end says that it does not read. (contract, "§5")</summary>
public sealed class OutboxFarPauseTests : OutboxRig
{
    [Fact]
    public void While_the_far_end_has_paused_a_stall_does_not_expire_and_its_timeout_begins_when_it_reads_on()
    {
        Fill(2500);
        Assert.False(_outbox.TryReserve(One, _feeder));
        _outbox.FarPaused(true);
        _scheduler.AdvanceBy(10 * StallTicks);
        Assert.Equal(0, _feeder.Retries);
        _outbox.FarPaused(false);
        _scheduler.AdvanceBy(StallTicks - 1);
        Assert.Equal(0, _feeder.Retries);
        _scheduler.AdvanceBy(1);
        Assert.Equal(1, _feeder.Retries);
        Assert.Equal(["slow at 2500"], _told);
    }

    [Fact]
    public void A_pause_that_ends_before_the_stalls_timer_puts_the_stalls_end_off()
    {
        Fill(2500);
        Assert.False(_outbox.TryReserve(One, _feeder));
        _scheduler.AdvanceTo(StallTicks / 4);
        _outbox.FarPaused(true);
        _scheduler.AdvanceTo(StallTicks / 2);
        _outbox.FarPaused(false);
        _scheduler.AdvanceTo((3 * StallTicks / 2) - 1);
        Assert.Equal(0, _feeder.Retries);
        _scheduler.AdvanceBy(1);
        Assert.Equal(1, _feeder.Retries);
        Assert.Equal(["slow at 2500"], _told);
    }

    [Fact]
    public void A_full_queue_whose_far_end_has_paused_stalls_again_and_is_not_called_stuck()
    {
        Expire();
        for (var i = 2500; i < 5000; i++) Assert.True(_outbox.TryReserve(One, _feeder));
        _outbox.FarPaused(true);
        Assert.False(_outbox.TryReserve(One, _feeder));
        _scheduler.AdvanceBy(10 * StallTicks);
        Assert.False(_outbox.TryReserve(One, _feeder));
        Assert.DoesNotContain(_told, t => t.StartsWith("stuck", StringComparison.Ordinal));
        _outbox.FarPaused(false);
        _scheduler.AdvanceBy(StallTicks);
        Assert.True(_outbox.TryReserve(One, _feeder)); // discarded: it has been stuck since it reads on
        Assert.Contains("stuck at 5000", _told);
    }

    [Fact]
    public void A_stall_ends_at_a_quarter_also_while_the_far_end_has_paused()
    {
        Fill(2500);
        Assert.False(_outbox.TryReserve(One, _feeder));
        _outbox.FarPaused(true);
        for (var i = 2500; i > 1250; i--) _outbox.Unreserve(One);
        Assert.Equal(1, _feeder.Retries);
        _outbox.FarPaused(false);
        _scheduler.AdvanceBy(2 * StallTicks);
        Assert.Equal(1, _feeder.Retries);
        Assert.Empty(_told);
    }
}
