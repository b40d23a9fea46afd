using System.Reactive.Concurrency;

namespace Msgc.Reactive.Testing.Cluster;

/// <summary>Puts what happens in a cluster on its timeline, at the present time.</summary>
internal sealed class Lanes(IScheduler scheduler, Timeline timeline)
{
    public void Add(string lane, TimelineMark mark, string? group = null, string? detail = null) =>
        timeline.Add(scheduler.Now.UtcTicks, lane, mark, group, detail);
}
