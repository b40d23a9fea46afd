using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Msgc.Reactive.Testing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Tests.Testing;

/// <summary>What a cluster's checks find, and what they leave alone.</summary>
public sealed class TestChecksTests
{
    [Fact]
    public void A_cluster_that_lives_and_ends_well_has_no_violation()
    {
        var scheduler = new VirtualScheduler();
        var cluster = new TestCluster(scheduler, servers: 3, checks: TestChecks.All);
        var client = cluster.Client("c", [0, 1]);
        client.Group("x").Events.Subscribe(_ => { });
        cluster.Advance(TimeSpan.FromSeconds(1));
        cluster.Kill(0);
        cluster.Advance(TimeSpan.FromSeconds(10));
        cluster.Dispose();
        cluster.Advance(TimeSpan.FromMinutes(2));
        cluster.Verify();
        Assert.Equal(0, scheduler.Outstanding);
    }

    [Fact]
    public void A_sequence_that_breaks_the_grammar_is_told_with_the_timeline()
    {
        using var cluster = new TestCluster(new VirtualScheduler(), servers: 1, checks: TestChecks.Grammar);
        cluster.Check(new Broken(), "mine").Subscribe(_ => { });
        var error = Assert.Throws<InvalidOperationException>(cluster.Verify);
        Assert.Contains("OnNext comes after the end; sequence 'mine'", error.Message, StringComparison.Ordinal);
        Assert.Contains("S start", error.Message, StringComparison.Ordinal);
        Assert.Single(cluster.Violations);
    }

    [Fact]
    public void Without_checks_nothing_is_wrapped_or_found()
    {
        using var cluster = new TestCluster(new VirtualScheduler(), servers: 1);
        var broken = new Broken();
        Assert.Same(broken, cluster.Check(broken, "mine"));
        broken.Subscribe(_ => { });
        cluster.Verify();
    }

    [Fact]
    public void Work_scheduled_after_the_end_is_told_with_the_host()
    {
        using var cluster = new TestCluster(new VirtualScheduler(), servers: 1, checks: TestChecks.Quiet);
        var client = cluster.Client("c", server: 0);
        cluster.Advance(TimeSpan.FromSeconds(1));
        var scheduler = client.Scheduler;
        cluster.Kill("c");
        cluster.Advance(TimeSpan.FromSeconds(1));
        cluster.Verify();
        scheduler.Schedule(TimeSpan.FromSeconds(1), () => { });
        Assert.StartsWith("'c' scheduled work at 2.0000 s, after it was disposed", Assert.Single(cluster.Violations), StringComparison.Ordinal);
    }

    private sealed class Broken : IObservable<int>
    {
        public IDisposable Subscribe(IObserver<int> observer)
        {
            observer.OnCompleted();
            observer.OnNext(1);
            return System.Reactive.Disposables.Disposable.Empty;
        }
    }
}
