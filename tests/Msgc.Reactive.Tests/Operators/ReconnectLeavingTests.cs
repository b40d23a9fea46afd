using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Operators;
using Msgc.Reactive.Testing;
using static Msgc.Reactive.Tests.Operators.Timeline;

namespace Msgc.Reactive.Tests.Operators;

/// <summary>A session that says that it is leaving gets a successor beside it. Told and compared as in <see cref="ReconnectTests"/>.</summary>
public sealed class ReconnectLeavingTests : LeavingRig
{
    [Fact]
    public void The_next_server_is_dialled_beside_it_both_live_and_the_old_ones_end_is_told_and_starts_its_pause()
    {
        using var subscription = Run("A", "B");
        Connect("A");
        _scheduler.AdvanceTo(10);
        Leave("A");
        Leave("A"); // only the first word counts
        AssertLog("0 dial A", "10 dial B");
        _lives["A"].OnNext("a1");
        _scheduler.AdvanceTo(20);
        Connect("B");
        _lives["B"].OnNext("b1");
        _lives["A"].OnNext("a2");
        AssertLog();
        Assert.Equal(0, _counting.Outstanding);
        _scheduler.AdvanceTo(30);
        _lives["A"].OnError(new MsgcConnectionException(MsgcCause.Closed, ""));
        AssertLog("30 stay A", "30 leave A", "30 abort A", "30 ended A Closed");
        _lives["B"].OnNext("b2");
        _scheduler.AdvanceTo(40);
        Lose("B");
        AssertLog("40 stay B", "40 leave B", "40 abort B", "40 ended B lost"); // A is free at 130, before B
        _scheduler.AdvanceTo(129);
        AssertLog();
        _scheduler.AdvanceTo(130);
        AssertLog("130 dial A");
        Assert.Equal("a1@10 b1@20 a2@20 b2@30", _observer.Seen());
    }

    [Fact]
    public void Its_own_server_is_not_dialled_while_it_lives_and_only_after_its_pause()
    {
        using var subscription = Run("A");
        Connect("A");
        Leave("A");
        _scheduler.AdvanceTo(500);
        AssertLog("0 dial A");
        Assert.Equal(0, _counting.Outstanding);
        Lose("A");
        AssertLog("500 stay A", "500 leave A", "500 abort A", "500 ended A lost");
        _scheduler.AdvanceTo(600);
        AssertLog("600 dial A");
    }

    [Fact]
    public void A_successor_lost_while_the_old_one_lives_is_followed_by_another()
    {
        using var subscription = Run("A", "B", "C");
        Connect("A");
        Leave("A");
        Connect("B");
        _scheduler.AdvanceTo(10);
        Lose("B");
        AssertLog("0 dial A", "0 dial B", "10 stay B", "10 leave B", "10 abort B", "10 ended B lost", "10 dial C");
        Refuse("C");
        AssertLog("10 abort C", "10 ended C refused");
        _scheduler.AdvanceTo(110);
        AssertLog("110 dial B"); // not A
        Connect("B");
        _lives["A"].OnNext("a");
        Assert.Equal("a@110", _observer.Seen());
    }

    [Fact]
    public void Attempts_beside_it_overlap_and_go_on_when_it_is_lost()
    {
        using var subscription = Run("A", "B", "C");
        Connect("A");
        Leave("A");
        _scheduler.AdvanceTo(100);
        AssertLog("0 dial A", "0 dial B", "100 dial C");
        Lose("A");
        AssertLog("100 stay A", "100 leave A", "100 abort A", "100 ended A lost");
        Connect("C");
        AssertLog("100 abort B", "100 ended B null");
        Lose("C");
        AssertLog("100 stay C", "100 leave C", "100 abort C", "100 ended C lost");
        _scheduler.AdvanceTo(200);
        Assert.Equal("200 dial A", _log[0]); // in order from C
    }

    [Fact]
    public void The_end_of_one_that_was_leaving_asks_for_no_other_attempt_than_the_one_under_way()
    {
        using var subscription = Run("A", "B", "C");
        Connect("A");
        Leave("A");
        _scheduler.AdvanceTo(10);
        Lose("A");
        _scheduler.AdvanceTo(99);
        AssertLog("0 dial A", "0 dial B", "10 stay A", "10 leave A", "10 abort A", "10 ended A lost");
        _scheduler.AdvanceTo(100);
        AssertLog("100 dial C"); // B's has taken too long
    }

    [Fact]
    public void A_successor_may_leave_in_its_turn()
    {
        using var subscription = Run("A", "B", "C");
        Connect("A");
        Leave("A");
        Connect("B");
        Leave("B");
        AssertLog("0 dial A", "0 dial B", "0 dial C");
        Connect("C");
        foreach (var server in new[] { "A", "B", "C" }) _lives[server].OnNext(server);
        Lose("A");
        Lose("B");
        _log.Clear();
        _lives["C"].OnNext("still");
        AssertLog();
        Assert.Equal("A@0 B@0 C@0 still@0", _observer.Seen());
    }

    [Fact]
    public void A_list_without_it_disposes_it_and_leaves_its_successor_alone()
    {
        using var lists = new BehaviorSubject<IReadOnlyList<string>>(["A", "B"]);
        using var subscription = Run(lists);
        Connect("A");
        Leave("A");
        Connect("B");
        lists.OnNext(["B", "C"]);
        AssertLog("0 dial A", "0 dial B", "0 stay A", "0 leave A", "0 abort A", "0 ended A Closed");
        lists.OnNext(["C"]);
        AssertLog("0 stay B", "0 leave B", "0 abort B", "0 ended B Closed", "0 dial C");
    }

    [Fact]
    public void A_fatal_error_of_the_successors_attempt_ends_both()
    {
        using var subscription = Run("A", "B");
        Connect("A");
        Leave("A");
        _connects["B"].OnError(new MsgcRefusedException("fatal"));
        AssertLog("0 dial A", "0 dial B", "0 abort B", "0 ended B fatal", "0 stay A", "0 leave A", "0 abort A");
        Assert.Equal("!fatal@0", _observer.Seen());
    }

    [Fact]
    public void Disposal_aborts_both_sessions_and_leaves_no_timer()
    {
        var subscription = Run("A", "B");
        Connect("A");
        Leave("A");
        Connect("B");
        _log.Clear();
        subscription.Dispose();
        AssertLog("0 stay A", "0 leave A", "0 abort A", "0 stay B", "0 leave B", "0 abort B");
        Assert.Equal(0, _counting.Outstanding);
        Assert.Empty(_observer.Messages);
    }

    [Fact]
    public void An_error_of_its_word_is_its_end_and_a_completion_is_not()
    {
        using var subscription = Run("A", "B");
        Connect("A");
        _leavings["A"].OnError(new InvalidOperationException("bad"));
        AssertLog("0 dial A", "0 stay A", "0 leave A", "0 abort A", "0 ended A bad", "0 dial B");
        Connect("B");
        _leavings["B"].OnCompleted();
        _lives["B"].OnNext("x");
        AssertLog("0 stay B"); // the word's own doing
    }

    [Fact]
    public void A_session_that_leaves_at_once_is_followed_at_once()
    {
        using var subscription = MsgcObservable.Reconnect(
            Lists("A", "B"), Dial, Live, () => Ticks(100), _counting, Ended, leaving: _ => Observable.Return(Unit.Default)).Subscribe(_observer);
        Connect("A");
        AssertLog("0 dial A", "0 dial B");
        _lives["A"].OnNext("x");
        Assert.Equal("x@0", _observer.Seen());
    }
}
