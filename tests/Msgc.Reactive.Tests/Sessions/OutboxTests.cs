using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>Reservations, stalls and kills, with the numbers of contract, "§5".</summary>
public sealed class OutboxTests : OutboxRig
{
    [Fact]
    public void Half_is_granted_and_the_next_run_stalls()
    {
        for (var i = 0; i < 2500; i++) Assert.True(_outbox.TryReserve(One, _feeder));
        Assert.False(_outbox.TryReserve(One, _feeder));
        Assert.Equal(2500, _outbox.Used.Messages);
        Assert.Empty(_told);
    }

    [Fact]
    public void An_empty_queue_takes_a_run_beyond_half_since_it_would_never_fit()
    {
        _limits = new BacklogLimits(8, 16 * 1024 * 1024);
        var packed = new Load(8, 100);
        Assert.True(_outbox.TryReserve(packed, _feeder));
        Assert.False(_outbox.TryReserve(One, _feeder));
        _outbox.Unreserve(packed);
        Assert.Equal(1, _feeder.Retries);
        Assert.True(_outbox.TryReserve(One, _feeder));
        Assert.True(_outbox.TryReserve(One, _feeder));

        Assert.False(_outbox.TryReserve(packed, _feeder)); // a stall, although only a quarter is queued
        _outbox.Unreserve(One);
        Assert.Equal(2, _feeder.Retries);
        Assert.False(_outbox.TryReserve(packed, _feeder));
        _outbox.Unreserve(One);
        Assert.Equal(3, _feeder.Retries);
        Assert.True(_outbox.TryReserve(packed, _feeder));
        Assert.Empty(_told);
    }

    [Fact]
    public void A_run_beyond_half_for_which_a_queue_never_empties_kills_after_the_stall()
    {
        _limits = new BacklogLimits(8, 16 * 1024 * 1024);
        Fill(1);
        Assert.False(_outbox.TryReserve(new Load(8, 100), _feeder));
        _scheduler.AdvanceBy(StallTicks);
        Assert.Equal(1, _feeder.Retries);
        Assert.True(_outbox.TryReserve(new Load(8, 100), _feeder));
        Assert.Equal(["slow at 1", "stuck at 1"], _told);
    }

    [Theory]
    [InlineData(5000, 20, 5)]
    [InlineData(5000, 1, 1)]
    [InlineData(5000, 8, 8)]
    [InlineData(5000, 24, 8)]
    [InlineData(5000, 7, 7)]
    [InlineData(5000, 13, 1)]
    [InlineData(63, 20, 5)]
    [InlineData(39, 20, 4)]
    [InlineData(8, 20, 1)]
    public void Full_frames_make_up_a_turn_and_none_is_longer_than_a_run(int maxBacklog, int messagesPerTurn, int messages)
    {
        Assert.Equal(messages, new BacklogLimits(maxBacklog, 16 * 1024 * 1024).FrameMessages(messagesPerTurn));
    }

    [Fact]
    public void Half_in_bytes_counts_likewise()
    {
        var large = new Load(1, 1024 * 1024);
        for (var i = 0; i < 8; i++) Assert.True(_outbox.TryReserve(large, _feeder));
        Assert.False(_outbox.TryReserve(new Load(1, 1), _feeder));
    }

    [Fact]
    public void A_stall_refuses_everybody_until_a_quarter_is_reached_and_then_tells_each_feeder_once()
    {
        Fill(2500);
        var other = new Feeder();
        Assert.False(_outbox.TryReserve(One, _feeder));
        Assert.False(_outbox.TryReserve(One, _feeder));
        Assert.False(_outbox.TryReserve(One, other));
        for (var i = 2500; i > 1251; i--) _outbox.Unreserve(One);
        Assert.Equal((0, 0), (_feeder.Retries, other.Retries));
        Assert.False(_outbox.TryReserve(One, other));
        _outbox.Unreserve(One);
        Assert.Equal((1, 1), (_feeder.Retries, other.Retries));
        Assert.True(_outbox.TryReserve(One, _feeder));
        _scheduler.AdvanceBy(2 * StallTicks);
        Assert.Equal((1, 1), (_feeder.Retries, other.Retries));
    }

    [Fact]
    public void A_stall_lasts_for_its_timeout_at_most()
    {
        Fill(2500);
        Assert.False(_outbox.TryReserve(One, _feeder));
        _scheduler.AdvanceBy(StallTicks - 1);
        Assert.Equal(0, _feeder.Retries);
        _scheduler.AdvanceBy(1);
        Assert.Equal(1, _feeder.Retries);
        Assert.Equal(["slow at 2500"], _told);
    }

    [Fact]
    public void On_the_tick_of_the_timeout_the_quarter_wins()
    {
        Fill(2500);
        Assert.False(_outbox.TryReserve(One, _feeder));
        _scheduler.ScheduleAbsolute(0, StallTicks, (_, _) =>
        {
            for (var i = 2500; i > 1250; i--) _outbox.Unreserve(One);
            return System.Reactive.Disposables.Disposable.Empty;
        });
        _scheduler.AdvanceTo(StallTicks);
        Assert.Equal(1, _feeder.Retries);

        // It may stall again, so it was open and not expired.
        Fill(1250);
        Assert.False(_outbox.TryReserve(One, _feeder));
        Assert.Empty(_told);
    }

    [Theory]
    [InlineData(0.3, 1.0)] // begins while the timer of the one before is set
    [InlineData(1.0, 1.0)] // and on the tick when that fires
    [InlineData(2.5, 1.0)] // and after it
    [InlineData(0.3, 0.2)] // with a timeout so short that the timer would be late
    [InlineData(0.3, 5.0)]
    public void Each_stall_lasts_for_its_own_timeout(double secondBegins, double secondLasts)
    {
        Fill(2500);
        Assert.False(_outbox.TryReserve(One, _feeder));
        _scheduler.AdvanceTo(StallTicks / 10);
        for (var i = 2500; i > 1250; i--) _outbox.Unreserve(One);
        Assert.Equal(1, _feeder.Retries);
        _scheduler.AdvanceTo((long)(secondBegins * StallTicks));
        Fill(1250);
        _stallTimeout = TimeSpan.FromSeconds(secondLasts);
        Assert.False(_outbox.TryReserve(One, _feeder));
        var end = (long)(secondBegins * StallTicks) + _stallTimeout.Ticks;
        _scheduler.AdvanceTo(end - 1);
        Assert.Equal(1, _feeder.Retries);
        Assert.Empty(_told);
        _scheduler.AdvanceTo(end);
        Assert.Equal(2, _feeder.Retries);
        Assert.Equal(["slow at 2500"], _told);
    }

    [Fact]
    public void The_timer_of_a_longer_timeout_ends_no_stall_that_a_shorter_one_was_set_for()
    {
        void Stall(double begins, double lasts)
        {
            _scheduler.AdvanceTo((long)(begins * StallTicks));
            for (var used = _outbox.Used.Messages; used > 1250; used--) _outbox.Unreserve(One);
            Fill(1250);
            _stallTimeout = TimeSpan.FromSeconds(lasts);
            Assert.False(_outbox.TryReserve(One, _feeder));
        }

        Fill(1250);
        Stall(begins: 0, lasts: 1);
        Stall(begins: 0.1, lasts: 0.2); // its timer is set beside the one for 1 s, and expires it at 0.3 s
        Stall(begins: 0.5, lasts: 1);
        _scheduler.AdvanceTo((3 * StallTicks / 2) - 1);
        Assert.Equal(2, _feeder.Retries);
        Assert.Equal(["slow at 2500"], _told);
        _scheduler.AdvanceBy(1);
        Assert.Equal(3, _feeder.Retries);
    }

    [Fact]
    public void Any_number_of_stalls_has_one_timer()
    {
        Fill(1250);
        for (var stall = 0; stall < 1000; stall++)
        {
            Fill(1250);
            Assert.False(_outbox.TryReserve(One, _feeder));
            for (var i = 2500; i > 1250; i--) _outbox.Unreserve(One);
        }
        Assert.Equal((1000, 1), (_feeder.Retries, _scheduler.Outstanding));
        _scheduler.AdvanceBy(10 * StallTicks);
        Assert.Equal(0, _scheduler.Outstanding);
        Assert.Empty(_told);
    }

    [Fact]
    public void After_an_expired_stall_the_5000th_message_is_taken_and_the_5001st_kills()
    {
        Expire();
        for (var i = 2500; i < 5000; i++) Assert.True(_outbox.TryReserve(One, _feeder));
        Assert.Equal(5000, _outbox.Used.Messages);
        Assert.DoesNotContain("stuck at 5000", _told);
        Assert.True(_outbox.TryReserve(One, _feeder));
        Assert.Equal("stuck at 5000", _told[^1]);
        Assert.True(_outbox.TryReserve(new Load(100, 1), _feeder));
        Assert.Single(_told, t => t.StartsWith("stuck", StringComparison.Ordinal));
    }

    [Fact]
    public void After_an_expired_stall_the_limit_in_bytes_is_exact_too()
    {
        Expire();
        var left = _limits.MaxBacklogBytes - _outbox.Used.Bytes;
        Assert.True(_outbox.TryReserve(new Load(1, left), _feeder));
        Assert.Single(_told);
        Assert.True(_outbox.TryReserve(new Load(1, 1), _feeder));
        Assert.Equal("stuck at 2501", _told[^1]);
    }

    [Fact]
    public void A_run_that_does_not_fit_kills_though_a_part_of_it_would()
    {
        Expire();
        Fill(2450);
        Assert.Single(_told);
        _outbox.TryReserve(new Load(100, 100), _feeder);
        Assert.Equal("stuck at 4950", _told[^1]);
    }

    [Fact]
    public void A_queue_whose_stall_expired_stalls_again_only_after_a_quarter()
    {
        Expire();
        for (var i = 2500; i > 1251; i--) _outbox.Unreserve(One);
        Fill(2000);
        Assert.Single(_told);
        for (var i = 3251; i > 1250; i--) _outbox.Unreserve(One);
        Fill(1250);
        Assert.False(_outbox.TryReserve(One, _feeder));
        _scheduler.AdvanceBy(StallTicks);
        Assert.Equal(["slow at 2500", "slow at 2500"], _told);
    }

    [Fact]
    public void What_a_connection_has_been_handed_takes_room_until_it_is_sent_but_does_not_prolong_a_stall()
    {
        Queue(2500);
        _scheduler.AdvanceBy(1);
        Assert.Equal(618, _connection.Batches.Single().Messages); // an eighth, less what might have come along in a last frame
        Assert.Equal(2500, _outbox.Used.Messages);
        Assert.False(_outbox.TryReserve(One, _feeder));
        _connection.Complete();     // 1882 left, 618 of them handed: 1264 are queued
        _scheduler.AdvanceBy(1);
        Assert.Equal(0, _feeder.Retries);
        _connection.Complete();     // 1264 left, 618 of them handed: less than a quarter is queued
        _scheduler.AdvanceBy(1);
        Assert.Equal(1, _feeder.Retries);
        Assert.Equal(1264, _outbox.Used.Messages);
    }

    [Fact]
    public void Changed_limits_hold_at_once()
    {
        Fill(2500);
        _limits = new BacklogLimits(10_000, 16 * 1024 * 1024);
        Fill(2500);
        Assert.False(_outbox.TryReserve(One, _feeder));
        Assert.Equal(5000, _outbox.Used.Messages);
    }

    [Fact]
    public void A_closed_queue_grants_and_gives_everything_back()
    {
        Queue(100);
        Assert.NotEqual(0, _pool.Outstanding);
        _outbox.Close();
        _sender.Close();
        _scheduler.AdvanceBy(1);
        Assert.Equal(0, _pool.Outstanding);
        Assert.True(_outbox.TryReserve(One, _feeder));
        Queue(1);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void What_is_queued_after_a_kill_is_neither_sent_nor_cleaned_up_on_the_stack_of_whoever_queues_it()
    {
        Assert.True(_outbox.Close());
        _outbox.Control(Frames.Bare(FrameKind.Rejoined)); // under the tables' lock, say
        Assert.Empty(_connection.Batches);
        _sender.Close();
        _outbox.Control(Frames.Bare(FrameKind.Rejoined));
        Assert.Equal(0, _emptied);
        _scheduler.AdvanceBy(1);
        Assert.Equal(1, _emptied);
        _outbox.Control(Frames.Bare(FrameKind.Rejoined));
        Assert.True(_outbox.IsEmpty);
    }

    [Fact]
    public void Control_frames_keep_the_datas_order_and_take_no_room()
    {
        Queue(30);
        _outbox.Control(Frames.Bare(FrameKind.Rejoined));
        Queue(1);
        Assert.Equal(31, _outbox.Used.Messages);
        _scheduler.AdvanceBy(1);
        var kinds = _connection.Batches.Single().Kinds;
        Assert.Equal((32, FrameKind.Rejoined), (kinds.Count, kinds[30]));
    }

    [Fact]
    public void Urgent_frames_overtake_what_is_queued_but_not_what_is_under_way()
    {
        Queue(2000);
        _scheduler.AdvanceBy(1);
        _sender.Urgent(Frames.Number(FrameKind.NoOp, 0));
        _connection.Complete();
        _scheduler.AdvanceBy(1);
        Assert.Equal(FrameKind.Message, _connection.Batches[0].Kinds[0]);
        Assert.Equal([FrameKind.NoOp, FrameKind.Message], _connection.Batches[1].Kinds.Take(2));
    }

    [Fact]
    public void A_run_of_the_servers_own_is_taken_up_to_half_and_neither_stalls_nor_kills()
    {
        for (var i = 0; i < 2500; i++) Assert.True(_outbox.TryReserve(One));
        Assert.False(_outbox.TryReserve(One));
        Assert.Equal(2500, _outbox.Used.Messages);
        _scheduler.AdvanceBy(2 * StallTicks);
        Assert.Empty(_told);
        Assert.False(_outbox.TryReserve(One, _feeder));
        for (var i = 2500; i > 2000; i--) _outbox.Unreserve(One);
        Assert.False(_outbox.TryReserve(One)); // stalled: the feeders come first
        _outbox.Close();
        Assert.True(_outbox.TryReserve(One));
    }

    [Fact]
    public void Long_runs_share_their_blocks_with_a_queue_up_to_its_stall()
    {
        Assert.Equal(25, BlocksKept(runs: 25, messages: 100, messageBytes: 160));
    }

    [Fact]
    public void A_queue_that_lags_behind_a_trickle_keeps_no_more_blocks()
    {
        _limits = new BacklogLimits(400, 16 * 1024 * 1024);
        Assert.Equal(100, BlocksKept(runs: 199, messages: 1, messageBytes: 160));
    }

    /// <summary>Queues runs, each in a block of its own, and counts the blocks that do not come back at once.</summary>
    private int BlocksKept(int runs, int messages, int messageBytes)
    {
        var kept = 0;
        for (var i = 0; i < runs; i++)
        {
            var block = _pool.Rent();
            block.AddReferences();
            var length = 0;
            for (var m = 0; m < messages; m++) length += MessageFrame.Write(block.Bytes.AsSpan(length), 1, 1, "x"u8, new byte[messageBytes - Frame.HeaderBytes - 17]);
            Assert.True(_outbox.TryReserve(new Load(messages, length), _feeder));
            _outbox.Enqueue(new Run(block, 0, length, messages));
            _outbox.Wake();
            if (block.IsShared) kept++;
            block.Release();
        }
        return kept;
    }
}
