using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Msgc.Reactive.Simulation;

namespace Msgc.Reactive.SimulationTests.Mutants;

/// <summary>Who leaves hears on for a second.</summary>
internal sealed class LeavesLate : Mutation
{
    public override IObservable<MsgcGroupEvent> Observe(IObservable<MsgcGroupEvent> events, Run run) => new Lasting(events, run.Scheduler);

    private sealed class Lasting(IObservable<MsgcGroupEvent> events, IScheduler scheduler) : IObservable<MsgcGroupEvent>
    {
        public IDisposable Subscribe(IObserver<MsgcGroupEvent> observer)
        {
            var subscription = events.Subscribe(observer);
            return Disposable.Create(() => scheduler.Schedule(TimeSpan.FromSeconds(1), subscription.Dispose));
        }
    }
}

/// <summary>The sequence goes on behind its end.</summary>
internal sealed class GoesOnAfterTheEnd : Mutation
{
    public override IObservable<MsgcGroupEvent> Observe(IObservable<MsgcGroupEvent> events, Run run) => new Endless(events);

    private sealed class Endless(IObservable<MsgcGroupEvent> events) : IObservable<MsgcGroupEvent>
    {
        public IDisposable Subscribe(IObserver<MsgcGroupEvent> observer)
        {
            var last = default(MsgcGroupEvent);
            return events.Subscribe(e => observer.OnNext(last = e), observer.OnError, () =>
            {
                observer.OnCompleted();
                observer.OnNext(last);
            });
        }
    }
}
