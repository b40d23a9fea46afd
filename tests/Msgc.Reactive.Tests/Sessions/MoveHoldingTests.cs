using System.Reactive.Linq;
using System.Threading.Channels;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Testing;
using static Msgc.Reactive.Tests.Sessions.MoveRig;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>What the next server brings before the old one is left is held: how much, for how long, and for whom that waits. (contract, "§5" and "§6")</summary>
public sealed class MoveHoldingTests
{
    [Fact]
    public void What_is_held_is_bounded_and_what_is_dropped_is_told_at_its_end_per_group()
    {
        using var rig = new MoveRig(groups: "x y", change: o => o with { MaxBacklog = 10 });
        rig.Drain();
        for (var i = 1; i <= 7; i++) rig.Send(rig.OnB, Number(i), Number(i, "y"));
        rig.Acknowledge(rig.OnB);
        Assert.Empty(rig.Seen);
        rig.AcknowledgeFlush(rig.OnA);
        rig.Send(rig.OnB, Number(8));
        Assert.Equal(
            ["x 1", "y 1", "x 2", "y 2", "x 3", "y 3", "x 4", "y 4", "x 5", "y 5", "x gap Overflow 2", "y gap Overflow 2", "x gap Skip 2", "x 8"], rig.Seen);
    }

    [Fact]
    public void What_is_held_is_bounded_in_bytes_as_in_messages_and_a_change_of_the_limits_holds_at_once()
    {
        using var rig = new MoveRig(change: o => o with { MaxFrameBytes = 1024, MaxBacklogBytes = 8192 });
        rig.Drain();
        for (var i = 1; i <= 9; i++) rig.Send(rig.OnB, Message("x", 1000, (ulong)i));
        rig.Acknowledge(rig.OnB);
        rig.AcknowledgeFlush(rig.OnA);
        Assert.Equal(["x gap Overflow 1"], rig.Seen.Where(s => s.Contains("gap", StringComparison.Ordinal)));
        Assert.Equal(9, rig.Seen.Count);

        using var changed = new MoveRig(change: o => o with { MaxBacklog = 8 });
        changed.Drain();
        changed.Client.Configure(changed.Client.Options with { MaxBacklog = 20 });
        for (var i = 1; i <= 20; i++) changed.Send(changed.OnB, Number(i));
        changed.Acknowledge(changed.OnB);
        changed.AcknowledgeFlush(changed.OnA);
        Assert.Equal(20, changed.Seen.Count);
    }

    [Fact]
    public void After_the_first_that_is_dropped_nothing_is_held_that_would_fit_and_a_group_left_meanwhile_is_neither_held_nor_told()
    {
        using var rig = new MoveRig(groups: "x z", change: o => o with { MaxFrameBytes = 1024, MaxBacklogBytes = 8192 });
        var y = rig.Subscribe("y");
        rig.World.Settle();
        rig.Acknowledge(rig.OnA);
        rig.Drain();
        for (var i = 1; i <= 8; i++) rig.Send(rig.OnB, Message("y", 1000, (ulong)i));
        y.Dispose();
        using var again = rig.Subscribe("y");
        rig.World.Settle();
        rig.Acknowledge(rig.OnB); // the room is free again
        for (var i = 1; i <= 8; i++) rig.Send(rig.OnB, Message("x", 1000, (ulong)i));
        rig.Send(rig.OnB, Message("x", 1000, 9), Message("y", 1000, 9), Number(1, "z"));
        again.Dispose();
        using var third = rig.Subscribe("y");
        rig.World.Settle();
        rig.Acknowledge(rig.OnB);
        rig.AcknowledgeFlush(rig.OnA);
        Assert.Equal(8, rig.Seen.Count(s => s.StartsWith("x \0", StringComparison.Ordinal)));
        Assert.Equal(["x gap Overflow 1", "z gap Overflow 1"], rig.Seen.Where(s => !s.StartsWith("x \0", StringComparison.Ordinal) && !s.EndsWith("end", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_observer_that_waits_pauses_both_sessions_and_gets_what_was_held_as_it_has_room()
    {
        GatedScheduler? gate = null;
        using var rig = new MoveRig(change: o => o with { Scheduler = gate = new GatedScheduler(o.Scheduler!) { IsClosed = true } });
        var slow = new List<string>();
        using var one = rig.Client.Group("x").Observe(4, BoundedChannelFullMode.Wait).CheckGrammar("slow").Subscribe(m => slow.Add(m.Text()));
        rig.World.Settle();
        rig.Drain();
        for (var i = 4; i <= 20; i++) rig.Send(rig.OnB, Number(i));
        rig.Acknowledge(rig.OnB);
        rig.Send(rig.OnA, Number(1), Number(2), Number(3));
        rig.AcknowledgeFlush(rig.OnA);
        Assert.Equal("Connected b", rig.States[^1]);
        Assert.Equal(["x 1", "x 2", "x 3", "x 4"], rig.Seen); // the fourth is held back by nobody but the observer
        rig.OnB.Send(View("x", MsgcViewCause.Current, true), Number(21));
        rig.Drain(rig.OnB);
        Assert.Equal(4, rig.Seen.Count);
        gate!.Step();
        rig.World.Settle();
        Assert.Equal(8, rig.Seen.Count);
        gate.Open();
        rig.World.Settle();
        Assert.Equal([.. Enumerable.Range(1, 20).Select(i => $"x {i}"), "x  [] Current", "x 21"], rig.Seen);
        Assert.Equal(Enumerable.Range(1, 21).Select(i => $"{i}"), slow);
        Assert.Single(rig.C.Wires); // b's word came in its turn
    }

    [Fact]
    public void A_pause_that_began_before_the_end_of_the_move_keeps_it_waiting_and_its_loss_too()
    {
        GatedScheduler? gate = null;
        using var rig = new MoveRig(change: o => o with { Scheduler = gate = new GatedScheduler(o.Scheduler!) { IsClosed = true } });
        using var one = rig.Client.Group("x").Observe(2, BoundedChannelFullMode.Wait).Subscribe(_ => { });
        rig.Drain();
        rig.Send(rig.OnB, Number(3), Number(4), Number(5), Number(6));
        rig.Acknowledge(rig.OnB);
        rig.Send(rig.OnA, Number(1), Number(2));
        rig.AcknowledgeFlush(rig.OnA);
        Assert.Equal("Connected a", rig.States[^1]); // its answer is not read
        rig.World.Network.Break("me", "a");
        rig.World.Settle();
        Assert.Equal(["x 1", "x 2", "x gap ConnectionLost a"], rig.Seen);
        gate!.Step();
        rig.World.Settle();
        Assert.Equal(["x 3", "x 4"], rig.Seen.Skip(3));
        rig.OnB.Close();
        rig.World.Settle();
        gate.Open();
        rig.World.Settle();
        Assert.Equal("x gap ConnectionLost b", rig.Seen[5]); // and nothing of 5 and 6, which nobody had taken
        Assert.Equal(6, rig.Seen.Count);
    }

    [Fact]
    public void Senders_are_not_forgotten_for_the_length_of_a_move()
    {
        using var rig = new MoveRig(change: o => o with { IdleTimeout = Sec(2), KeepAliveInterval = Sec(1) });
        for (var sender = 100ul; sender < 163; sender++) rig.OnA.Send(Number(5, sender: sender));
        rig.Send(rig.OnA, Number(5));
        rig.Drain();
        for (var i = 0; i < 8; i++)
        {
            rig.Send(rig.OnA, Frames.Number(FrameKind.NoOp, 0));
            rig.Send(rig.OnB, Frames.Number(FrameKind.NoOp, 0));
            rig.World.Advance(Sec(1));
        }
        rig.Seen.Clear();
        rig.Acknowledge(rig.OnB);
        rig.Send(rig.OnB, Number(1, sender: 200), Number(5)); // a new sender sweeps out who was silent; a late duplicate must find its own
        rig.AcknowledgeFlush(rig.OnA);
        Assert.Equal(["x 1"], rig.Seen);
    }
}
