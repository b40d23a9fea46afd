using System.Reactive.Linq;
using System.Threading.Channels;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>Waits whose answers lie behind the client's own paused observer say so instead of hanging. (contract, "§5")</summary>
public sealed class PausedWaitTests
{
    [Fact]
    public void A_flush_and_a_join_behind_a_pause_fail_when_it_has_lasted_for_StallTimeout_and_not_one_tick_earlier()
    {
        using var world = new World();
        var (member, gate, held) = Hold(world);
        world.AdvanceTo(held + Ticks(0.4));
        using var joining = member.Group("z").Subscribe(_ => { });
        Task flush = member.FlushAsync(), join = member.Group("z").WhenJoinedAsync();
        world.AdvanceTo(held + Ticks(1) - 1);
        Assert.False(flush.IsCompleted || join.IsCompleted);
        world.AdvanceTo(held + Ticks(1));
        Assert.Equal("x", Assert.IsType<MsgcPausedException>(flush.Exception!.InnerException).Group);
        Assert.Equal("x", Assert.IsType<MsgcPausedException>(join.Exception!.InnerException).Group);
        Assert.Contains("'x'", flush.Exception.InnerException.Message, StringComparison.Ordinal);
        gate.Open();
    }

    [Fact]
    public void A_wait_that_begins_when_the_pause_has_lasted_longer_fails_at_once_and_after_the_release_waits_work()
    {
        using var world = new World();
        var (member, gate, held) = Hold(world);
        world.AdvanceTo(held + Ticks(30));
        using var joining = member.Group("z").Subscribe(_ => { });
        Assert.IsType<MsgcPausedException>(member.FlushAsync().Exception!.InnerException);
        Assert.IsType<MsgcPausedException>(member.Group("z").WhenJoinedAsync().Exception!.InnerException);
        Assert.True(member.Group("x").WhenJoinedAsync().IsCompletedSuccessfully); // known already
        gate.Open();
        world.Settle();
        Task flush = member.FlushAsync(), join = member.Group("z").WhenJoinedAsync();
        world.Settle();
        Assert.True(flush.IsCompletedSuccessfully);
        Assert.True(join.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_pause_one_tick_shorter_than_StallTimeout_fails_nothing()
    {
        using var world = new World();
        var (member, gate, held) = Hold(world);
        var flush = member.FlushAsync();
        world.AdvanceTo(held + Ticks(1) - 1);
        gate.Open();
        world.Advance(Sec(3));
        Assert.True(flush.IsCompletedSuccessfully);
    }

    [Fact]
    public void Pauses_are_not_added_up()
    {
        using var world = new World();
        MsgcClient member = world.Client("m"), publisher = world.Client("p");
        var reading = world.Simulation.Run(async () =>
        {
            await foreach (var message in member.Group("x").ReadAllAsync(2)) await Task.Delay(Sec(0.7), world.Simulation.TimeProvider);
        });
        world.Settle();
        for (var i = 1; i <= 6; i++) publisher.Group("x").Publish($"{i}");
        var flush = member.FlushAsync();
        world.Advance(Sec(5));
        Assert.True(flush.IsCompletedSuccessfully);
        Assert.False(reading.IsCompleted);
    }

    [Fact]
    public void StallTimeout_changed_while_running_holds_for_the_next_pause()
    {
        using var world = new World();
        var (member, gate, _) = Hold(world);
        gate.Open();
        world.Settle();
        member.Configure(member.Options with { StallTimeout = Sec(3) });
        gate.IsClosed = true;
        var publisher = world.Client("q");
        world.Settle();
        publisher.Group("x").Publish("4");
        publisher.Group("x").Publish("5");
        var held = world.Scheduler.Clock + (2 * Latency.Ticks);
        world.Settle();
        var flush = member.FlushAsync();
        world.AdvanceTo(held + Ticks(3) - 1);
        Assert.False(flush.IsCompleted);
        world.AdvanceTo(held + Ticks(3));
        Assert.IsType<MsgcPausedException>(flush.Exception!.InnerException);
        gate.Open();
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1.5)]
    public void The_exception_names_a_group_whose_observer_still_pauses_the_reading(double gone)
    {
        // x holds from 0; y too, by the gap of a lost connection at 0.1 s; x is gone before the waits fail, or after.
        using var world = new World();
        var gate = new GatedScheduler(world.Scheduler);
        MsgcClient member = world.Client("m", o => o with { Scheduler = gate }), publisher = world.Client("p");
        var x = member.Group("x").Observe(1, BoundedChannelFullMode.Wait).Subscribe(_ => { });
        using var y = member.Group("y").ObserveEvents(1, BoundedChannelFullMode.Wait).Subscribe(_ => { });
        world.Settle();
        gate.IsClosed = true;
        publisher.Group("x").Publish("1");
        var held = world.Scheduler.Clock + (2 * Latency.Ticks);
        world.AdvanceTo(held + Ticks(0.1));
        world.Network.Break("m", "server");
        var first = member.FlushAsync();
        world.AdvanceTo(held + Ticks(gone));
        x.Dispose();
        world.AdvanceTo(held + Ticks(2));
        Assert.Equal(gone < 1 ? "y" : "x", Assert.IsType<MsgcPausedException>(first.Exception!.InnerException).Group);
        Assert.Equal("y", Assert.IsType<MsgcPausedException>(member.FlushAsync().Exception!.InnerException).Group);
        gate.Open();
        world.Advance(Sec(10));
        var flush = member.FlushAsync();
        world.Settle();
        Assert.True(flush.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_connection_lost_while_reading_is_paused_is_replaced_and_the_next_one_is_paused_too()
    {
        using var world = new World();
        var (member, gate, _) = Hold(world, out var seen);
        var publisher = world.Client("q");
        var states = world.Watch(member);
        world.Network.Break("m", "server");
        world.Advance(Sec(6));
        Assert.Equal(MsgcConnectionPhase.Connected, states[^1].Phase);
        publisher.Group("x").Publish("after");
        world.Advance(TimeSpan.FromMinutes(2)); // the new connection is not read, and lives
        Assert.Equal(MsgcConnectionPhase.Connected, states[^1].Phase);
        Assert.IsType<MsgcPausedException>(member.FlushAsync().Exception!.InnerException);
        Assert.Empty(seen);
        gate.Open();
        world.Settle();
        Assert.Equal(["1", "2", "after"], seen); // 3 was still on the way
        var flush = member.FlushAsync();
        world.Settle();
        Assert.True(flush.IsCompletedSuccessfully);
        Assert.Single(states, s => s.Phase == MsgcConnectionPhase.Lost);
    }

    [Fact]
    public void A_release_during_the_reconnect_leaves_the_next_connection_free()
    {
        using var world = new World();
        var (member, gate, _) = Hold(world, out var seen);
        var publisher = world.Client("q");
        world.Network.Break("m", "server");
        world.Advance(Sec(1));
        gate.Open();
        world.Advance(Sec(6));
        publisher.Group("x").Publish("after");
        world.Settle();
        Assert.Equal(["1", "2", "after"], seen);
    }

    [Fact]
    public void A_client_disposed_while_its_observer_pauses_the_reading_ends_at_once()
    {
        using var world = new World();
        var (member, gate, _) = Hold(world, out var seen);
        member.Dispose();
        world.Settle();
        Assert.Equal(1, world.Network.Connections); // the publisher's
        Assert.Equal(0, member.Pool.Outstanding);
        gate.Open();
        world.Settle();
        Assert.Equal(["1", "2", "end"], seen);
    }

    [Fact]
    public void A_client_disposed_asynchronously_meanwhile_ends_within_DrainTimeout()
    {
        using var world = new World();
        var (member, gate, _) = Hold(world, out var seen);
        var began = world.Scheduler.Clock;
        var disposal = member.DisposeAsync().AsTask();
        world.AdvanceTo(began + Ticks(10));
        world.Settle();
        Assert.True(disposal.IsCompletedSuccessfully);
        gate.Open();
        world.Settle();
        Assert.Equal(["1", "2", "end"], seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_lost_before_a_flush_that_a_pause_or_its_token_ended_is_told_to_the_next_one(bool cancelled)
    {
        using var world = new World();
        var (member, gate, held) = Hold(world);
        world.Network.Mute("m", "server");
        member.Group("w").Publish("lost");
        world.AdvanceTo(held + Ticks(0.1));
        world.Network.Break("m", "server");
        world.Network.Unmute("m", "server");
        world.AdvanceTo(held + Ticks(0.2));
        using var cancel = new CancellationTokenSource();
        var failed = member.FlushAsync(cancel.Token); // has the loss to tell
        if (cancelled) cancel.Cancel();
        if (cancelled) gate.Open();
        world.AdvanceTo(held + Ticks(10));
        if (cancelled) Assert.True(failed.IsCanceled);
        else Assert.IsType<MsgcPausedException>(failed.Exception!.InnerException);
        gate.Open();
        world.Settle();
        var next = member.FlushAsync();
        world.Settle();
        Assert.Equal(1, Assert.IsType<MsgcLostException>(next.Exception!.InnerException).Count);
        var last = member.FlushAsync();
        world.Settle();
        Assert.True(last.IsCompletedSuccessfully);
    }

    private static (MsgcClient Member, GatedScheduler Gate, long Held) Hold(World world) => Hold(world, out _);

    /// <summary>A member whose observer of x, with room for 2, has paused the reading at the returned moment; a third message waits outside.</summary>
    private static (MsgcClient Member, GatedScheduler Gate, long Held) Hold(World world, out List<string> seen)
    {
        var gate = new GatedScheduler(world.Scheduler) { IsClosed = true };
        MsgcClient member = world.Client("m", o => o with { Scheduler = gate }), publisher = world.Client("p");
        var messages = seen = [];
        member.Group("x").Observe(2, BoundedChannelFullMode.Wait).Subscribe(m => messages.Add(m.Text()), () => messages.Add("end"));
        world.Settle();
        for (var i = 1; i <= 3; i++) publisher.Group("x").Publish($"{i}");
        var held = world.Scheduler.Clock + (2 * Latency.Ticks);
        world.AdvanceTo(held + Ticks(0.01));
        return (member, gate, held);
    }
}
