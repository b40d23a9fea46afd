using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Testing;

/// <summary>The two virtual-time schedulers that everything in the kit is tested on.</summary>
public enum Clock
{
    TestScheduler,
    VirtualScheduler,
}

internal static class Clocks
{
    public static VirtualTimeSchedulerBase<long, long> Make(this Clock clock) => clock == Clock.TestScheduler ? new TestScheduler() : new VirtualScheduler();
}
