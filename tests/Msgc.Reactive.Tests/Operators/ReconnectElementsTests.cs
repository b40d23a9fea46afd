using System.Reactive.Subjects;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Operators;

/// <summary>The elements of a session that is leaving and of its successor come one at a time. Told and compared as in <see cref="ReconnectTests"/>.</summary>
public sealed class ReconnectElementsTests : LeavingRig
{
    [Fact]
    public void Elements_of_both_are_handled_one_at_a_time_and_those_ahead_of_an_end_are_not_lost()
    {
        var seen = new List<string>();
        using var subscription = Rx(Lists("A", "B", "C")).CheckGrammar("result").Subscribe(value =>
        {
            seen.Add($"[{value}");
            if (value == "a1")
            {
                _lives["B"].OnNext("b1");
                _lives["A"].OnNext("a2");
                Lose("A");
                _lives["A"].OnNext("too late");
            }
            if (value == "b1") Log("handled b1");
            seen.Add($"{value}]");
        });
        Connect("A");
        Leave("A");
        Connect("B");
        _lives["A"].OnNext("a1");
        Assert.Equal(["[a1", "a1]", "[b1", "b1]", "[a2", "a2]"], seen);
        AssertLog("0 dial A", "0 dial B", "0 stay A", "0 leave A", "0 abort A", "0 handled b1", "0 ended A lost");
    }

    [Fact]
    public void What_waits_of_a_session_whose_server_left_the_list_is_dropped()
    {
        using var lists = new BehaviorSubject<IReadOnlyList<string>>(["A", "B"]);
        var seen = new List<string>();
        using var subscription = Rx(lists).Subscribe(value =>
        {
            seen.Add(value);
            if (value != "b1") return;
            _lives["A"].OnNext("a1");
            lists.OnNext(["B"]);
            AssertLog("0 dial A", "0 dial B", "0 stay A", "0 leave A", "0 abort A");
        });
        Connect("A");
        Leave("A");
        Connect("B");
        _lives["B"].OnNext("b1");
        Assert.Equal(["b1"], seen);
        AssertLog("0 ended A Closed");
    }

    [Fact]
    public void A_session_that_is_leaving_and_lost_inside_the_observer_is_finished_before_anything_is_dialled()
    {
        using var subscription = Rx(Lists("A", "B", "C")).Subscribe(value =>
        {
            if (value != "a") return;
            Lose("B");
            Lose("A");
            Log("handled a");
        });
        Connect("A");
        Leave("A");
        Connect("B");
        _log.Clear();
        _lives["A"].OnNext("a");
        AssertLog(
            "0 stay B", "0 leave B", "0 abort B", "0 ended B lost", "0 dial C", "0 stay A", "0 leave A", "0 abort A", "0 handled a", "0 ended A lost");
        Refuse("C");
        AssertLog("0 abort C", "0 ended C refused");
    }

    [Fact]
    public void Nothing_is_dialled_for_a_lost_successor_before_the_end_of_the_one_that_was_leaving_is_finished()
    {
        using var subscription = Rx(Lists("A", "B", "C")).Subscribe(value =>
        {
            if (value != "a") return;
            Lose("A");
            Lose("B");
            Log("handled a");
        });
        Connect("A");
        Leave("A");
        Connect("B");
        _log.Clear();
        _lives["A"].OnNext("a");
        AssertLog(
            "0 stay A", "0 leave A", "0 abort A", "0 stay B", "0 leave B", "0 abort B", "0 ended B lost", "0 handled a", "0 ended A lost", "0 dial C");
    }

    [Fact]
    public async Task Elements_from_two_threads_do_not_overlap_and_no_lock_is_held_meanwhile()
    {
        using var inside = new SemaphoreSlim(0);
        using var go = new ManualResetEventSlim();
        var checker = new GrammarChecker();
        var seen = new List<string>();
        using var subscription = Rx(Lists("A", "B")).CheckGrammar("result", checker).Subscribe(value =>
        {
            seen.Add(value);
            if (value != "a") return;
            inside.Release();
            go.Wait(TimeSpan.FromSeconds(30));
        });
        Connect("A");
        Leave("A");
        Connect("B");
        var handler = Task.Factory.StartNew(() => _lives["A"].OnNext("a"), TaskCreationOptions.LongRunning);
        await inside.WaitAsync();
        _lives["B"].OnNext("b"); // returns though the handler has not
        Assert.Equal(["a"], seen);
        go.Set();
        await handler;
        Assert.Equal(["a", "b"], seen);
        Assert.Empty(checker.Violations);
    }
}
