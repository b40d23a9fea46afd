using System.Diagnostics.CodeAnalysis;
using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Operators;
using static Msgc.Reactive.Tests.Operators.Timeline;

namespace Msgc.Reactive.Tests.Operators;

public sealed class HandoverTests
{
    [Theory]
    [InlineData(false, "1@1 2@1")]
    [InlineData(true, "1@1 |@1")]
    public void What_comes_just_after_the_turn_found_nothing_is_not_lost(bool end, string seen)
    {
        var scheduler = new TestScheduler();
        var observer = scheduler.CreateObserver<int>();
        using var handover = new Interrupted(observer, scheduler, end);
        handover.OnNext(1);
        scheduler.AdvanceTo(100);
        Assert.Equal(seen, observer.Seen());
    }

    /// <summary>Something comes from the source after the turn has looked and before it has gone idle.</summary>
    private sealed class Interrupted(IObserver<int> observer, IScheduler scheduler, bool end) : Handover<int>(observer, scheduler)
    {
        private readonly Queue<int> _queue = new();
        private bool _interrupted;

        protected override bool IsEmpty => _queue.Count == 0;

        public override void OnNext(int value)
        {
            _queue.Enqueue(value);
            Wake();
        }

        protected override bool TryTake([MaybeNullWhen(false)] out int value)
        {
            if (_queue.TryDequeue(out value))
                return true;
            if (!_interrupted)
            {
                _interrupted = true;
                if (end)
                    OnCompleted();
                else
                    OnNext(2);
            }

            return false;
        }
    }
}
