using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace Msgc.Reactive.Hosting.Conf;

/// <summary>
/// Looks at stamps of files in turns, and reads again when they have changed and one turn later are still the same: whoever writes a file
/// has then finished.
/// </summary>
internal sealed class ConfWatch
{
    // No stamps are like this: what was read is read again.
    private const string Unknown = "\n";

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(500);

    private readonly Func<MsgcConf> _read;
    private readonly IConfFiles _files;
    private readonly IObserver<MsgcConf> _observer;
    private MsgcConf _last;
    private string _stamps = Unknown;
    private string? _changing;
    private int _asked;

    private ConfWatch(Func<MsgcConf> read, IConfFiles files, IObserver<MsgcConf> observer)
    {
        _read = read;
        _files = files;
        _observer = observer;
        _last = read();
        observer.OnNext(_last);
    }

    public static IObservable<MsgcConf> Create(Func<MsgcConf> read, IConfFiles files, IObservable<Unit>? asked, IScheduler scheduler) =>
        Observable.Create<MsgcConf>(observer =>
        {
            var watch = new ConfWatch(read, files, observer);
            return StableCompositeDisposable.Create(
                scheduler.SchedulePeriodic(Turn, watch.Look),
                (asked ?? Observable.Empty<Unit>()).Subscribe(_ => Volatile.Write(ref watch._asked, 1)));
        });

    // One call at a time, as periodic actions are.
    private void Look()
    {
        var stamps = Stamps(_last);
        if (Interlocked.Exchange(ref _asked, 0) != 0) Reread(stamps, isAsked: true);
        else if (stamps == _stamps) _changing = null;
        else if (stamps != _changing) _changing = stamps;
        else Reread(stamps, isAsked: false);
    }

    private void Reread(string stamps, bool isAsked)
    {
        var conf = _read();
        // They must have been taken before it was read, or what changed in between would never be seen.
        _stamps = conf.Visited.SequenceEqual(_last.Visited) ? stamps : Unknown;
        _changing = null;
        var isNews = isAsked || !conf.IsAs(_last);
        _last = conf;
        if (isNews) _observer.OnNext(conf);
    }

    private string Stamps(MsgcConf conf) => string.Join('\n', conf.Visited.Select(_files.Stamp));
}
