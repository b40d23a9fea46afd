using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Text;
using Msgc.Reactive;

/// <summary>The code under test: what sensors publish to a group becomes alarms.</summary>
public static class Alarms
{
    public static IObservable<string> Of(MsgcClient client, IScheduler scheduler)
    {
        var events = client.Group("temperatures").Events.Publish().RefCount();
        var readings = events.Where(e => e.Message is not null).Select(e => int.Parse(Encoding.UTF8.GetString(e.Message!.Value.Payload.Span)));
        var hot = readings.Buffer(3, 1).Select(last => last.Average() > 70).DistinctUntilChanged().Where(isHot => isHot).Select(_ => "hot");
        var silent = readings.Throttle(TimeSpan.FromSeconds(10), scheduler).Select(_ => "silent");
        var unsure = events.Where(e => e.Gap is not null).Select(e => $"unsure, {e.Gap!.Cause}");
        return Observable.Merge(hot, silent, unsure);
    }
}
