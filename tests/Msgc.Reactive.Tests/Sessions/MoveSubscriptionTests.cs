using System.Reactive.Linq;
using System.Threading.Channels;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Testing;
using static Msgc.Reactive.Tests.Sessions.MoveRig;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>Subscribing, unsubscribing, pausing, configuring and disposing at every step of a move. (contract, "§3" to "§6")</summary>
public sealed class MoveSubscriptionTests
{
    /// <summary>The steps of a move, each done and settled.</summary>
    private static readonly Action<MoveRig>[] Steps =
    [
        rig => rig.World.Network.Refuse("b"),
        rig => rig.Drain(),
        rig =>
        {
            rig.World.Network.Accept("b");
            rig.World.Advance(Sec(6));
        },
        rig => rig.Acknowledge(rig.OnB),
        rig => rig.Acknowledge(rig.OnA),
        rig => rig.AcknowledgeFlush(rig.OnA),
    ];

    public static TheoryData<int> AllSteps => new(Enumerable.Range(0, Steps.Length + 1));

    [Theory]
    [MemberData(nameof(AllSteps))]
    public void A_join_made_at_any_step_is_acknowledged_where_it_was_sent_and_stands_to_the_end(int at)
    {
        using var rig = new MoveRig("a b");
        Task? joined = null;
        Walk(rig, at, () =>
        {
            rig.Subscribe("y");
            joined = rig.Client.Group("y").WhenJoinedAsync();
        });
        rig.Acknowledge(rig.OnB);
        Assert.True(joined!.IsCompletedSuccessfully);
        Assert.Equal(at < 3 ? 1 : 0, rig.OnA.Of(FrameKind.Join).Count(f => IsOf(f, "y")));
        Assert.Equal(1, rig.OnB.Of(FrameKind.Join).Count(f => IsOf(f, "y")));
        Assert.Equal(1, rig.OnB.Of(FrameKind.Watch).Count(f => IsOf(f, "y")));
        Assert.Equal(at < 3 ? 1 : 0, rig.OnA.Of(FrameKind.Leave).Count(f => IsOf(f, "y")));
        rig.Send(rig.OnB, Number(1, "y"));
        Assert.Equal(["y 1"], rig.Seen);
    }

    [Theory]
    [MemberData(nameof(AllSteps))]
    public void A_leave_made_at_any_step_is_sent_wherever_it_is_joined_and_nothing_is_delivered_after_it(int at)
    {
        using var rig = new MoveRig("a b", groups: "y");
        var x = rig.Subscribe("x");
        rig.World.Settle();
        rig.Acknowledge(rig.OnA);
        Walk(rig, at, x.Dispose, both: true);
        rig.Acknowledge(rig.OnB);
        rig.Send(rig.OnB, Number(50, "x"));
        Assert.Equal(1, rig.OnA.Of(FrameKind.Leave).Count(f => IsOf(f, "x")));
        Assert.Equal(at is 0 or 1 or 2 ? 0 : 1, rig.OnB.Of(FrameKind.Leave).Count(f => IsOf(f, "x")));
        var expected = Enumerable.Range(1, at).Select(i => $"x {i}"); // from a, one at each step, and in the end what b had brought, too
        Assert.Equal(at < 6 ? expected : [.. expected, "x gap Skip 33", "x 40"], rig.Seen.Where(s => s.StartsWith('x')));
        Assert.Equal("Connected b", rig.States[^1]);
    }

    [Theory]
    [MemberData(nameof(AllSteps))]
    public void A_group_left_and_joined_again_hears_nothing_from_before(int at)
    {
        using var rig = new MoveRig("a b", groups: "y");
        var x = rig.Subscribe("x");
        rig.World.Settle();
        rig.Acknowledge(rig.OnA);
        var heard = new List<string>();
        Walk(rig, at, () =>
        {
            x.Dispose();
            rig.Client.Group("x").Events.Where(e => e.View is null).Subscribe(e => heard.Add(e.Shown()));
            // What was under way before the leave came anywhere.
            rig.OnA.Send(Number(10));
            if (rig.B.Wires.Count > 0) rig.OnB.Send(Number(10), Number(11));
            rig.World.Settle();
        });
        rig.Acknowledge(rig.OnB);
        Assert.True(rig.Client.Group("x").WhenJoinedAsync().IsCompletedSuccessfully);
        Assert.Empty(heard);
        rig.Send(rig.OnB, Number(20));
        Assert.Equal(["20"], heard);
    }

    [Fact]
    public void A_group_joined_again_during_the_move_hears_from_the_next_server_what_comes_behind_its_leave()
    {
        using var rig = new MoveRig(groups: "y");
        var x = rig.Subscribe("x");
        rig.World.Settle();
        rig.Acknowledge(rig.OnA);
        rig.Drain();
        rig.Send(rig.OnB, Number(1));
        x.Dispose();
        using var again = rig.Subscribe("x");
        rig.Send(rig.OnB, Number(2));
        Assert.Equal("Join:y Join:x Rejoined Leave:x Join:x", Heard(rig.OnB));
        rig.Acknowledge(rig.OnB);
        rig.Send(rig.OnB, Number(3));
        rig.Send(rig.OnA, Number(4)); // there it is left for good
        rig.AcknowledgeFlush(rig.OnA);
        Assert.Equal(["x 3"], rig.Seen);
        Assert.Equal(1, rig.OnA.Of(FrameKind.Leave).Count(f => IsOf(f, "x")));
    }

    [Fact]
    public void A_leave_that_was_under_way_when_the_next_server_was_there_deafens_the_old_one_only()
    {
        using var rig = new MoveRig(groups: "y");
        var x = rig.Subscribe("x");
        rig.World.Settle();
        rig.Acknowledge(rig.OnA);
        x.Dispose();
        using var again = rig.Subscribe("x");
        rig.World.Settle();
        rig.Drain();
        rig.Send(rig.OnA, Number(1));
        rig.Send(rig.OnB, Number(3));
        rig.Send(rig.OnA, Named(FrameKind.LeaveAck, "x"), Number(2));
        Assert.Equal(["x 2"], rig.Seen);
        rig.Send(rig.OnB, Named(FrameKind.JoinAck, "x"), Named(FrameKind.JoinAck, "y"));
        rig.Send(rig.OnA, Frames.FlushAck(0, 0));
        Assert.Equal(["x 2", "x 3"], rig.Seen);
    }

    [Fact]
    public void The_last_join_waited_for_may_be_left_instead()
    {
        using var rig = new MoveRig(groups: "y");
        var x = rig.Subscribe("x");
        rig.World.Settle();
        rig.Acknowledge(rig.OnA);
        rig.Drain();
        rig.Send(rig.OnB, Named(FrameKind.JoinAck, "y"));
        Assert.Empty(rig.OnA.Of(FrameKind.Flush));
        x.Dispose();
        rig.World.Settle();
        Assert.EndsWith("Leave:x Leave:y Flush0", Heard(rig.OnA), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AllSteps))]
    public void A_client_disposed_at_any_step_ends_its_sequences_once_and_leaves_nothing(int at)
    {
        var rig = new MoveRig("a b");
        var checker = new GrammarChecker();
        rig.Client.Group("x").CheckGrammar("x", checker).Subscribe(_ => { });
        var seen = 0;
        Walk(rig, at, () =>
        {
            rig.Publish("x", 3);
            rig.Client.Dispose();
            seen = rig.Seen.Count;
        }, both: true, toEnd: false);
        Assert.Equal("x end", rig.Seen[^1]);
        Assert.Equal(seen + 1, rig.Seen.Count);
        Assert.StartsWith("Closed", rig.States[^1], StringComparison.Ordinal);
        Assert.Empty(checker.Violations);
        Assert.Equal(0, rig.World.Network.Connections);
        rig.World.Dispose();
        rig.World.Advance(Sec(61));
        Assert.Equal(0, rig.World.Network.PendingActions);
        Assert.Equal(0, ((VirtualScheduler)rig.World.Scheduler).Outstanding);
        Assert.Equal(0, rig.Client.Pool.Outstanding);
    }

    [Theory]
    [MemberData(nameof(AllSteps))]
    public void A_client_disposed_asynchronously_at_any_step_says_what_it_has_to_say(int at)
    {
        using var rig = new MoveRig("a b");
        Task? disposal = null;
        Walk(rig, at, () =>
        {
            rig.Publish("x", 3);
            disposal = rig.Client.DisposeAsync().AsTask();
        });
        var wire = rig.OnA.Of(FrameKind.Flush).Any(f => f.Number == 1) ? rig.OnA : rig.OnB;
        if (wire == rig.OnB) wire.Send(Frames.FlushAck(1, 3));
        rig.World.Advance(Sec(wire == rig.OnB ? 1 : 10));
        Assert.True(disposal!.IsCompletedSuccessfully);
        Assert.Equal(3, rig.OnA.Of(FrameKind.Message).Count() + rig.OnB.Of(FrameKind.Message).Count());
    }

    [Theory]
    [MemberData(nameof(AllSteps))]
    public void A_flush_begun_at_any_step_is_answered_by_whoever_takes_it_and_covers_what_came_before(int at)
    {
        using var rig = new MoveRig("a b");
        Task? flushed = null;
        var inTime = false;
        Walk(rig, at, () =>
        {
            rig.Publish("x", 2);
            flushed = rig.Client.FlushAsync();
            rig.Publish("x", 1);
            inTime = rig.OnA.Of(FrameKind.Flush).Any(f => f.Number == 1);
            if (inTime) rig.Send(rig.OnA, Frames.FlushAck(1, 2));
        });
        Assert.Equal(at < 4, inTime);
        Assert.Equal(inTime, flushed!.IsCompletedSuccessfully);
        if (!inTime) Assert.EndsWith(at < 6 ? "Watch:x 1 2 Flush1 3" : "1 2 Flush1 3", Heard(rig.OnB), StringComparison.Ordinal);
        rig.Send(rig.OnB, Frames.FlushAck(inTime ? 0ul : 1ul, 2));
        Assert.True(flushed.IsCompletedSuccessfully);
        Assert.Empty(rig.Diagnostics);
        Assert.Equal(["Connecting", "Connected a", "Connected b"], rig.States);
    }

    [Theory]
    [MemberData(nameof(AllSteps))]
    public void A_local_address_changed_at_any_step_dials_anew_and_the_client_is_connected_once_in_the_end(int at)
    {
        using var rig = new MoveRig("a b");
        Walk(rig, at, () => rig.Client.Configure(rig.Client.Options with { BindAddress = "me" }), toEnd: false);
        rig.World.Network.Accept("b");
        rig.World.Advance(Sec(6));
        Assert.StartsWith("Connected", rig.States[^1], StringComparison.Ordinal);
        Assert.Equal(1, rig.World.Network.Connections);
        var wire = new[] { rig.A, rig.B }.SelectMany(s => s.Wires).Single(w => w.End is null);
        rig.Acknowledge(wire);
        Assert.True(rig.Client.Group("x").WhenJoinedAsync().IsCompletedSuccessfully);
        rig.Seen.Clear();
        rig.Send(wire, Number(1));
        Assert.Equal(["x 1"], rig.Seen);
    }

    [Fact]
    public void An_idle_timeout_changed_during_the_move_is_told_to_both_and_their_own_to_them()
    {
        using var rig = new MoveRig();
        rig.Drain();
        rig.Client.Configure(rig.Client.Options with { IdleTimeout = Sec(20) });
        rig.World.Settle();
        Assert.Equal("Join:x Watch:x Rejoined IdleTimeout", Heard(rig.OnA));
        Assert.Equal("Join:x Rejoined IdleTimeout", Heard(rig.OnB));
        rig.Acknowledge(rig.OnB);
        rig.Client.Configure(rig.Client.Options with { IdleTimeout = Sec(25) });
        rig.World.Settle();
        Assert.Equal("Join:x Watch:x Rejoined IdleTimeout Leave:x Flush0 IdleTimeout", Heard(rig.OnA));
        Assert.Equal("Join:x Rejoined IdleTimeout IdleTimeout", Heard(rig.OnB));
    }

    /// <summary>Goes through the move; the act comes at its step. From a, if it is to be, comes a message at each step, and from b one held.</summary>
    private static void Walk(MoveRig rig, int at, Action act, bool both = false, bool toEnd = true)
    {
        for (var step = 0; step <= Steps.Length; step++)
        {
            if (step == at)
            {
                act();
                rig.World.Settle();
                if (!toEnd) return;
            }
            if (step == Steps.Length) return;
            if (both && rig.OnA.End is null) rig.Send(rig.OnA, Number(step + 1));
            if (both && step == 3) rig.Send(rig.OnB, Number(40));
            Steps[step](rig);
        }
    }

    private static bool IsOf(TapFrame frame, string group) => new Frame(frame.Bytes).Name.SequenceEqual(group.Bytes().Span);
}
