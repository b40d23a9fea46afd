using System.Reactive.Disposables;
using Msgc.Reactive.Operators;

namespace Msgc.Reactive.Tests.Operators;

public sealed class SettingTests
{
    [Fact]
    public void A_subscriber_gets_the_current_value_then_each_that_differs()
    {
        var setting = new Setting<int>(1);
        var seen = new List<int>();
        setting.Set(2);
        using var subscription = setting.Subscribe(seen.Add);
        setting.Set(2);
        setting.Set(3);
        setting.Set(3);
        setting.Set(2);
        Assert.Equal([2, 3, 2], seen);
        Assert.Equal(2, setting.Value);
    }

    [Fact]
    public void After_unsubscription_nothing_comes_and_others_go_on()
    {
        var setting = new Setting<int>(0);
        var seen = new List<int>[] { [], [], [] };
        var subscriptions = seen.Select(list => setting.Subscribe(list.Add)).ToArray();
        subscriptions[1].Dispose();
        setting.Set(1);
        subscriptions[0].Dispose();
        subscriptions[0].Dispose();
        setting.Set(2);
        subscriptions[2].Dispose();
        setting.Set(3);
        using var late = setting.Subscribe(seen[0].Add);
        Assert.Equal([0, 1, 3], seen[0]);
        Assert.Equal([0], seen[1]);
        Assert.Equal([0, 1, 2], seen[2]);
    }

    [Fact]
    public void Subscribers_may_leave_and_take_others_with_them_inside_their_OnNext()
    {
        var setting = new Setting<int>(0);
        var seen = new List<string>();
        using var both = new CompositeDisposable();
        both.Add(setting.Subscribe(value =>
        {
            seen.Add($"a{value}");
            if (value == 1)
                both.Dispose(); // a itself and its neighbour b
        }));
        both.Add(setting.Subscribe(value => seen.Add($"b{value}")));
        using var last = setting.Subscribe(value => seen.Add($"c{value}"));
        setting.Set(1);
        setting.Set(2);
        Assert.Equal(["a0", "b0", "c0", "a1", "c1", "c2"], seen);
    }

    [Fact]
    public void A_change_inside_OnNext_reaches_everyone_and_the_latest_comes_last()
    {
        var setting = new Setting<int>(0);
        var seen = new List<string>();
        using var first = setting.Subscribe(value =>
        {
            seen.Add($"a{value}");
            if (value == 1)
                setting.Set(2);
        });
        using var second = setting.Subscribe(value => seen.Add($"b{value}"));
        setting.Set(1);
        Assert.Equal(["a0", "b0", "a1", "b2", "a2"], seen);
    }

    [Fact]
    public void A_subscriber_that_throws_is_unsubscribed()
    {
        var setting = new Setting<int>(0);
        var seen = new List<int>();
        using var subscription = setting.Subscribe(value =>
        {
            seen.Add(value);
            if (value == 1)
                throw new InvalidOperationException("x");
        });
        Assert.Throws<InvalidOperationException>(() => setting.Set(1));
        setting.Set(2);
        Assert.Equal([0, 1], seen);
    }

    [Fact]
    public void Subscribing_costs_the_same_however_many_there_are()
    {
        var setting = new Setting<int>(0);
        for (var i = 0; i < 20_000; i++)
            setting.Subscribe(static _ => { });
        Assert.InRange(BytesOfOneSubscription(), 1, 256); // a copied list would be 160,000

        long BytesOfOneSubscription()
        {
            for (var i = 0; i < 3; i++)
                setting.Subscribe(static _ => { }).Dispose();
            var before = GC.GetAllocatedBytesForCurrentThread();
            setting.Subscribe(static _ => { }).Dispose();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void Under_concurrent_changes_each_subscriber_is_called_by_one_thread_at_a_time_and_ends_with_the_latest()
    {
        var setting = new Setting<int>(0);
        var inside = 0;
        var overlaps = 0;
        var last = new int[4];
        var subscriptions = Enumerable.Range(0, last.Length).Select(index => setting.Subscribe(value =>
        {
            if (index == 0 && Interlocked.Increment(ref inside) != 1)
                Interlocked.Increment(ref overlaps);
            last[index] = value;
            if (index == 0)
                Interlocked.Decrement(ref inside);
        })).ToArray();
        Parallel.For(0, 4, thread =>
        {
            for (var i = 0; i < 5000; i++)
            {
                setting.Set((thread * 5000) + i);
                setting.Subscribe(static _ => { }).Dispose();
            }
        });
        Assert.Equal(0, overlaps);
        Assert.All(last, value => Assert.Equal(setting.Value, value));
        foreach (var subscription in subscriptions)
            subscription.Dispose();
    }
}
