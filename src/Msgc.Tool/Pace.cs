using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;

namespace Msgc.Tool;

/// <summary>So many per second: holds up whoever is ahead of the even pace.</summary>
internal sealed class Pace(double perSecond, IScheduler scheduler)
{
    // Timers are no finer than this; what is due sooner goes at once, and the pace holds on average.
    private static readonly TimeSpan Finest = TimeSpan.FromMilliseconds(1);

    private readonly IStopwatch _elapsed = scheduler.StartStopwatch();
    private long _count;

    public Task NextAsync(CancellationToken cancellationToken)
    {
        var ahead = TimeSpan.FromSeconds(_count++ / perSecond) - _elapsed.Elapsed;
        return ahead < Finest ? Task.CompletedTask : Observable.Timer(ahead, scheduler).ToTask(cancellationToken);
    }
}
