using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Tests.Sessions;

public sealed class SpinGateTests
{
    private readonly SpinGate _gate = new();

    [Fact]
    public void One_at_a_time_is_inside()
    {
        const int Threads = 4, Each = 500_000;
        var count = 0;
        using var start = new Barrier(Threads); // or one is done before the next has begun
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            start.SignalAndWait();
            for (var i = 0; i < Each; i++)
            {
                using (_gate.Enter()) count++;
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Equal(Threads * Each, count);
    }

    [Fact]
    public void What_is_put_off_runs_behind_the_scope_in_order_and_may_enter()
    {
        var ran = new List<int>();
        using (var inside = _gate.Enter())
        {
            inside.Later(() =>
            {
                using var again = _gate.Enter();
                ran.Add(1);
                again.Later(() => ran.Add(2));
            });
            inside.Later(() => ran.Add(3));
            Assert.Empty(ran);
        }
        Assert.Equal([1, 2, 3], ran);
        using (_gate.Enter())
        {
            // Nothing is left of it.
        }
        Assert.Equal([1, 2, 3], ran);
    }

    [Fact]
    public void A_scope_that_ends_with_an_exception_is_left_and_what_it_put_off_runs()
    {
        var ran = 0;
        void Fail()
        {
            using var inside = _gate.Enter();
            inside.Later(() => ran++);
            throw new InvalidOperationException();
        }

        Assert.Throws<InvalidOperationException>(Fail);
        Assert.Equal(1, ran);
        using (_gate.Enter()) ran++;
        Assert.Equal(2, ran);
    }
}
