using System.Reactive.Linq;
using CsCheck;
using Msgc.Reactive.Framing;
using static Msgc.Reactive.Tests.Sessions.MoveRig;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>The server stops, and the client goes to the next one without losing or repeating anything. (contract, "§6")</summary>
public sealed class MoveTests
{
    [Fact]
    public void It_joins_there_first_then_leaves_and_flushes_here_and_watches_there_in_the_end()
    {
        using var rig = new MoveRig(groups: "x y");
        using var watched = rig.Client.Group("z").Membership.Subscribe(_ => { });
        rig.World.Settle();
        Assert.Equal("Join:x Watch:x Join:y Watch:y Rejoined Watch:z".Split(' ').Order(), Heard(rig.OnA).Split(' ').Order());
        var before = rig.OnA.Frames.Count;
        string Since() => Heard(rig.OnA)[Heard(rig.OnA).IndexOf("Watch:z", StringComparison.Ordinal)..];

        rig.Drain();
        Assert.Equal("Join:x Join:y Rejoined", Heard(rig.OnB));
        Assert.Equal(before, rig.OnA.Frames.Count);
        rig.Send(rig.OnB, Named(FrameKind.JoinAck, "y"));
        Assert.Equal(before, rig.OnA.Frames.Count);
        rig.Send(rig.OnB, Named(FrameKind.JoinAck, "x"));
        Assert.Equal("Watch:z Leave:x Leave:y Flush0", Since());
        rig.Acknowledge(rig.OnA);
        Assert.Equal("Join:x Join:y Rejoined", Heard(rig.OnB));
        Assert.Null(rig.OnA.End);
        rig.AcknowledgeFlush(rig.OnA);
        Assert.Equal("Join:x Join:y Rejoined Watch:x Watch:y Watch:z", Heard(rig.OnB));
        Assert.Equal(MsgcCause.Closed, rig.OnA.End!.Value.Cause);
        Assert.Equal(["Connecting", "Connected a", "Connected b"], rig.States);
        Assert.Empty(rig.Seen);
        Assert.Empty(rig.C.Wires);
        Assert.Equal([1ul, 2ul], new[] { rig.A, rig.B }.Select(s => HelloFrame.Read(new Frame(s.Tap.Frames[0].Bytes), out _)!.Session));
    }

    [Fact]
    public void What_comes_from_both_is_seen_once_and_in_order_wherever_the_old_server_stops() => Gen.Select(Gen.Int[0, 30], Gen.Int[1, 30], Gen.Int).Sample(
        (k, first, seed) =>
        {
            // A brings 1 to k; B brings j to 40, j at most k + 1; how much of these comes at which step of the move is chance.
            using var rig = new MoveRig(groups: "x");
            var random = new Random(seed);
            int a = 1, b = Math.Min(k + 1, first);
            void Some(Tap wire, ref int next, int end)
            {
                for (var n = random.Next(12); n > 0 && next <= end; n--) wire.Send(Number(next++), Number(next, "unknown"));
                rig.World.Settle();
            }

            Some(rig.OnA, ref a, k);
            rig.Drain();
            Some(rig.OnA, ref a, k);
            Some(rig.OnB, ref b, 40);
            rig.Acknowledge(rig.OnB);
            Some(rig.OnB, ref b, 40);
            while (a <= k) Some(rig.OnA, ref a, k);
            rig.Acknowledge(rig.OnA);
            Some(rig.OnB, ref b, 40);
            rig.AcknowledgeFlush(rig.OnA);
            while (b <= 40) Some(rig.OnB, ref b, 40);
            Assert.Equal(Enumerable.Range(1, 40).Select(n => $"x {n}"), rig.Seen);
        },
        iter: 100);

    [Fact]
    public void What_only_one_of_them_brings_is_seen_the_old_ones_first()
    {
        using var rig = new MoveRig();
        rig.Drain();
        rig.Send(rig.OnB, Number(100, sender: 2), Number(101, sender: 2));
        rig.Send(rig.OnA, Number(1));
        rig.Acknowledge(rig.OnB);
        rig.Send(rig.OnB, Number(102, sender: 2));
        Assert.Equal(["x 1"], rig.Seen);
        rig.Send(rig.OnA, Number(2));
        rig.AcknowledgeFlush(rig.OnA);
        rig.Send(rig.OnB, Number(103, sender: 2));
        Assert.Equal(["x 1", "x 2", "x 100", "x 101", "x 102", "x 103"], rig.Seen);
    }

    [Fact]
    public void A_skip_between_what_the_old_one_brought_and_what_was_held_is_a_gap_there()
    {
        using var rig = new MoveRig();
        rig.Send(rig.OnA, Number(1));
        rig.Drain();
        rig.Send(rig.OnB, Number(4));
        rig.Acknowledge(rig.OnB);
        rig.AcknowledgeFlush(rig.OnA);
        Assert.Equal(["x 1", "x gap Skip 2", "x 4"], rig.Seen);
    }

    [Fact]
    public void Published_numbers_go_on_at_the_next_server_and_flushes_are_answered_by_whoever_took_what_they_cover()
    {
        using var rig = new MoveRig();
        rig.Publish("x", 2);
        rig.Drain();
        rig.Publish("x", 2);
        var first = rig.Client.FlushAsync();
        rig.World.Settle();
        rig.Acknowledge(rig.OnB);
        rig.Publish("x", 2);
        var second = rig.Client.FlushAsync();
        rig.Publish("x", 1);
        Assert.Equal("Join:x Watch:x Rejoined 1 2 3 4 Flush1 Leave:x Flush0", Heard(rig.OnA));
        Assert.Equal("Join:x Rejoined", Heard(rig.OnB));
        rig.Send(rig.OnA, Frames.FlushAck(1, 4));
        Assert.True(first.IsCompletedSuccessfully);
        rig.AcknowledgeFlush(rig.OnA);
        Assert.False(second.IsCompleted);
        Assert.Equal("Join:x Rejoined Watch:x 5 6 Flush2 7", Heard(rig.OnB));
        rig.Send(rig.OnB, Frames.FlushAck(2, 2));
        Assert.True(second.IsCompletedSuccessfully);
        rig.Publish("x", 1);
        Assert.EndsWith(" 7 8", Heard(rig.OnB), StringComparison.Ordinal);
        Assert.Empty(rig.Diagnostics);
        Assert.Equal(["Connecting", "Connected a", "Connected b"], rig.States);
    }

    [Fact]
    public void A_flush_that_was_sent_and_never_answered_is_sent_again_and_messages_not_acknowledged_count_as_lost()
    {
        using var rig = new MoveRig();
        var covered = rig.Client.FlushAsync();
        rig.Publish("x", 3);
        var lossy = rig.Client.FlushAsync();
        rig.World.Settle();
        rig.Drain();
        rig.Acknowledge(rig.OnB);
        rig.Acknowledge(rig.OnA);
        rig.Send(rig.OnA, Frames.FlushAck(0, 1)); // it answers wrongly, and owns to 1 of 3
        Assert.Equal("Join:x Rejoined Watch:x Flush1", Heard(rig.OnB));
        Assert.Equal(2, Assert.IsType<MsgcLostException>(lossy.Exception!.InnerException).Count);
        Assert.False(covered.IsCompleted);
        Assert.Equal(["PublishLost 2"], rig.Diagnostics);
        rig.Send(rig.OnB, Frames.FlushAck(1, 0));
        Assert.True(covered.IsCompletedSuccessfully);
    }

    [Fact]
    public void Publishers_that_wait_for_room_are_let_in_by_the_next_server()
    {
        using var rig = new MoveRig(change: o => o with { MaxBacklog = 8 });
        rig.Drain();
        rig.Acknowledge(rig.OnB);
        rig.Publish("x", 8);
        var waiting = rig.Client.Group("x").PublishAsync("late".Bytes()).AsTask();
        rig.World.Settle();
        Assert.False(waiting.IsCompleted);
        rig.AcknowledgeFlush(rig.OnA);
        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.EndsWith("1 2 3 4 5 6 7 8 9", Heard(rig.OnB), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_queued_and_too_large_for_the_next_server_is_dropped_and_reported()
    {
        using var rig = new MoveRig(maxFrameBytesOfB: 1024);
        rig.Drain();
        rig.Acknowledge(rig.OnB);
        rig.Publish("x", 1);
        rig.Client.Group("x").Publish(new string('l', 2000));
        rig.Publish("x", 1);
        rig.AcknowledgeFlush(rig.OnA);
        Assert.EndsWith("Watch:x 1 3", Heard(rig.OnB), StringComparison.Ordinal);
        Assert.Equal(["TooLargeDropped 1"], rig.Diagnostics);
    }

    [Fact]
    public void A_client_that_has_joined_nothing_moves_as_soon_as_the_next_server_is_there()
    {
        using var rig = new MoveRig(groups: "");
        rig.Publish("x", 2);
        rig.Drain();
        Assert.Equal("Rejoined 1 2 Flush0", Heard(rig.OnA));
        rig.Publish("x", 1);
        rig.AcknowledgeFlush(rig.OnA);
        Assert.Equal("Rejoined 3", Heard(rig.OnB));
        Assert.Equal(["Connecting", "Connected a", "Connected b"], rig.States);
    }

    [Fact]
    public void A_server_that_stops_while_the_client_moves_to_it_is_moved_on_from()
    {
        using var rig = new MoveRig();
        rig.Drain();
        rig.Send(rig.OnB, Number(1));
        rig.Drain(rig.OnB);
        rig.Acknowledge(rig.OnB);
        Assert.Empty(rig.C.Wires);
        rig.AcknowledgeFlush(rig.OnA);
        rig.Send(rig.OnC, Number(1), Number(2));
        rig.Acknowledge(rig.OnC);
        Assert.EndsWith("Watch:x Leave:x Flush0", Heard(rig.OnB), StringComparison.Ordinal);
        rig.AcknowledgeFlush(rig.OnB);
        Assert.Equal(["x 1", "x 2"], rig.Seen);
        Assert.Equal(["Connecting", "Connected a", "Connected b", "Connected c"], rig.States);
        Assert.Equal(MsgcCause.Closed, rig.OnB.End!.Value.Cause);
        rig.Publish("x", 1);
        Assert.Equal("Join:x Rejoined Watch:x 1", Heard(rig.OnC));
    }

    [Fact]
    public void Further_words_of_stopping_and_answers_that_nobody_waits_for_change_nothing()
    {
        using var rig = new MoveRig();
        rig.Send(rig.OnA, Frames.FlushAck(0, 0));
        rig.Drain();
        rig.Drain();
        rig.Send(rig.OnA, Frames.FlushAck(0, 0));
        rig.Send(rig.OnB, Frames.FlushAck(0, 7), Frames.Number(FrameKind.Handled, 3));
        rig.Acknowledge(rig.OnB);
        rig.Send(rig.OnB, Frames.FlushAck(0, 7));
        Assert.Equal(["Connecting", "Connected a"], rig.States);
        rig.AcknowledgeFlush(rig.OnA);
        Assert.Equal(["Connecting", "Connected a", "Connected b"], rig.States);
        Assert.Single(rig.B.Wires);
        Assert.Empty(rig.C.Wires);
        Assert.Empty(rig.Diagnostics);
    }

    [Fact]
    public void Two_servers_of_this_library_hand_a_client_over_and_the_first_stops_as_soon_as_it_is_gone()
    {
        using var world = new World();
        var second = world.StartServer("second");
        MsgcClient member = world.Client("m", o => o with { Servers = ["server:4809", "second:4809"] }), there = world.Client("p", o => o with { Servers = ["second:4809"] });
        var (seen, states) = (new List<string>(), world.Watch(member));
        using var joined = member.Group("x").Events.Where(e => e.View is null).Subscribe(e => seen.Add(e.Shown()));
        world.Settle();
        member.Group("x").Publish("mine, here");
        world.Settle();
        var stop = world.Server.StopAsync();
        for (var i = 0; i < 20; i++)
        {
            there.Group("x").Publish($"{i}");
            member.Group("x").Publish($"mine {i}");
            world.Advance(TimeSpan.FromMicroseconds(70));
        }
        world.Settle();
        Assert.True(stop.IsCompletedSuccessfully);
        Assert.Equal(["Connecting", "Connected", "Connected"], states.Select(s => $"{s.Phase}"));
        Assert.Equal(["mine, here", .. Enumerable.Range(0, 20).Select(i => $"mine {i}")], seen.Where(s => s.StartsWith("mine", StringComparison.Ordinal)));
        var others = seen.Where(s => !s.StartsWith("mine", StringComparison.Ordinal)).Select(int.Parse).ToArray();
        Assert.Equal(Enumerable.Range(others[0], 20 - others[0]), others); // from its join there on; the servers are not linked
        _ = second.DisposeAsync();
    }
}
