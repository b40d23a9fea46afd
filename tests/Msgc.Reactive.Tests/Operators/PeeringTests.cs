using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Operators;
using static Msgc.Reactive.Tests.Operators.Timeline;

namespace Msgc.Reactive.Tests.Operators;

public sealed class PeeringTests : ReactiveTest
{
    private readonly TestScheduler _scheduler = new();
    private readonly CountingScheduler _counting;
    private readonly ITestableObserver<string> _observer;
    private readonly Setting<bool> _taken = new(false);
    private readonly Setting<string> _address = new("A");
    private readonly List<string> _log = [];

    public PeeringTests()
    {
        _counting = new CountingScheduler(_scheduler);
        _observer = _scheduler.CreateObserver<string>();
    }

    [Fact]
    public void A_peer_is_dialled_at_once_and_again_after_the_interval()
    {
        Start(connectAfter: 10, lostAfter: 50);
        _scheduler.AdvanceTo(400);
        Assert.Equal(["dial A@0", "end A lost@60", "dial A@160", "end A lost@220", "dial A@320", "end A lost@380"], _log);
    }

    [Fact]
    public void Nothing_is_dialled_while_it_is_taken_and_a_dialled_session_gives_way()
    {
        Start(connectAfter: 10, lostAfter: 10_000);
        _scheduler.AdvanceTo(50);
        _taken.Set(true);
        _scheduler.AdvanceTo(500);
        Assert.Equal(["dial A@0", "end A Closed@50"], _log);
    }

    [Fact]
    public void An_attempt_gives_way_to_what_the_peer_has_dialled()
    {
        Start(connectAfter: 90, lostAfter: 10_000);
        _scheduler.AdvanceTo(50);
        _taken.Set(true);
        _scheduler.AdvanceTo(500);
        Assert.Equal(["dial A@0", "end A @50"], _log);
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void When_it_is_free_again_it_is_dialled_after_the_interval_unless_it_is_taken_before()
    {
        _taken.Set(true);
        Start(connectAfter: 10, lostAfter: 10_000);
        _scheduler.AdvanceTo(200);
        _taken.Set(false);
        _scheduler.AdvanceTo(299);
        Assert.Empty(_log);
        _taken.Set(true);
        _scheduler.AdvanceTo(600);
        Assert.Empty(_log);
        _taken.Set(false);
        _scheduler.AdvanceTo(900);
        Assert.Equal(["dial A@700"], _log);
    }

    [Fact]
    public void A_changed_address_is_dialled_anew()
    {
        Start(connectAfter: 10, lostAfter: 10_000);
        _scheduler.AdvanceTo(50);
        _address.Set("B");
        _scheduler.AdvanceTo(500);
        Assert.Equal(["dial A@0", "end A Closed@50", "dial B@50"], _log);
    }

    [Fact]
    public void A_slow_attempt_is_joined_by_another_after_the_interval()
    {
        Start(connectAfter: 250, lostAfter: 10_000);
        _scheduler.AdvanceTo(1000);
        Assert.Equal(["dial A@0", "dial A@100", "dial A@200"], _log);
        Assert.Equal("live A@250", _observer.Seen());
    }

    private void Start(long connectAfter, long lostAfter) => MsgcObservable.Peering(
        _address,
        _taken,
        endpoint =>
        {
            return Observable.Defer(() =>
            {
                _log.Add($"dial {endpoint}@{_scheduler.Clock}");
                return Observable.Timer(Ticks(connectAfter), _scheduler).Select(_ => $"session {endpoint}").Concat(Observable.Never<string>());
            });
        },
        (endpoint, _) => Observable.Return($"live {endpoint}", System.Reactive.Concurrency.ImmediateScheduler.Instance).Concat(
            Observable.Timer(Ticks(lostAfter), _scheduler).SelectMany(_ => Observable.Throw<string>(new Exception("lost")))),
        () => Ticks(100),
        _counting,
        (endpoint, error) => _log.Add($"end {endpoint} {(error is null ? "" : Text(error))}@{_scheduler.Clock}")).Subscribe(_observer);
}
