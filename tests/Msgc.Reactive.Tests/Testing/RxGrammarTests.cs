using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Testing;

public sealed class RxGrammarTests
{
    private readonly Source _source = new();
    private readonly GrammarChecker _checker = new();
    private readonly List<string> _seen = [];

    [Fact]
    public void What_keeps_the_grammar_passes_through()
    {
        Check(_ => { });
        _source.Observer!.OnNext(1);
        _source.Observer.OnNext(2);
        _source.Observer.OnCompleted();

        Assert.Equal(["1", "2", "|"], _seen);
        Assert.Empty(_checker.Violations);
    }

    [Fact]
    public void A_reentrant_OnNext_is_a_violation()
    {
        Check(value =>
        {
            if (value == 1) _source.Observer!.OnNext(2);
        });
        _source.Observer!.OnNext(1);
        _source.Observer.OnNext(3);

        AssertOne("OnNext overlaps a call in progress (re-entrantly); sequence 'mine'");
        Assert.Equal(["1", "2", "3"], _seen);
    }

    [Fact]
    public void An_OnNext_from_another_thread_during_one_is_a_violation()
    {
        Check(value =>
        {
            if (value == 1) OnAnotherThread(() => _source.Observer!.OnNext(2));
        });
        _source.Observer!.OnNext(1);

        AssertOne("OnNext overlaps a call in progress on thread");
    }

    [Fact]
    public void An_end_from_another_thread_during_an_OnNext_is_a_violation()
    {
        Check(_ => OnAnotherThread(_source.Observer!.OnCompleted));
        _source.Observer!.OnNext(1);

        AssertOne("OnCompleted overlaps");
    }

    [Fact]
    public void An_end_from_within_an_OnNext_is_allowed()
    {
        Check(_ => _source.Observer!.OnCompleted());
        _source.Observer!.OnNext(1);

        Assert.Empty(_checker.Violations);
        Assert.Equal(["1", "|"], _seen);
    }

    [Fact]
    public void Calls_after_the_end_are_violations_and_go_no_further()
    {
        Check(_ => { });
        _source.Observer!.OnError(new InvalidDataException());
        _source.Observer.OnNext(1);
        _source.Observer.OnCompleted();
        _source.Observer.OnError(new InvalidDataException());

        Assert.Equal(["!"], _seen);
        Assert.Equal(
            ["Rx grammar: OnNext comes after the end; sequence 'mine'.", "Rx grammar: OnCompleted comes after the end; sequence 'mine'.", "Rx grammar: OnError comes after the end; sequence 'mine'."],
            _checker.Violations.Select(static v => v.Message));
    }

    [Fact]
    public void After_disposal_all_is_silent()
    {
        var subscription = Check(_ => { });
        subscription.Dispose();
        _source.Observer!.OnNext(1);
        _source.Observer.OnCompleted();
        _source.Observer.OnCompleted();

        Assert.True(_source.Disposed);
        Assert.Empty(_seen);
        Assert.Empty(_checker.Violations);
    }

    [Fact]
    public void Without_a_checker_the_violation_is_thrown_at_the_caller()
    {
        using var subscription = _source.CheckGrammar("mine").Subscribe(static _ => { });
        _source.Observer!.OnCompleted();

        Assert.Throws<InvalidOperationException>(() => _source.Observer.OnNext(1));
    }

    [Fact]
    public void An_observer_that_throws_leaves_no_call_in_progress()
    {
        var subject = new Subject<int>();
        using var subscription = subject.CheckGrammar("mine", _checker).Subscribe(value =>
        {
            if (value == 1) throw new InvalidDataException();
        });
        Assert.Throws<InvalidDataException>(() => subject.OnNext(1));
        subject.OnNext(2);

        Assert.Empty(_checker.Violations);
    }

    private static void OnAnotherThread(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        thread.Join();
    }

    private IDisposable Check(Action<int> onNext) => _source.CheckGrammar("mine", _checker).Subscribe(new Target(_seen, onNext));

    private void AssertOne(string part) => Assert.Contains(part, Assert.Single(_checker.Violations).Message, StringComparison.Ordinal);

    /// <summary>Hands out its observer bare, so that the test can break the grammar.</summary>
    private sealed class Source : IObservable<int>
    {
        public IObserver<int>? Observer { get; private set; }

        public bool Disposed { get; private set; }

        public IDisposable Subscribe(IObserver<int> observer)
        {
            Observer = observer;
            return Disposable.Create(() => Disposed = true);
        }
    }

    private sealed class Target(List<string> seen, Action<int> onNext) : IObserver<int>
    {
        public void OnNext(int value)
        {
            seen.Add($"{value}");
            onNext(value);
        }

        public void OnError(Exception error) => seen.Add("!");

        public void OnCompleted() => seen.Add("|");
    }
}
