using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Extensions.Configuration;
using Msgc.Reactive.Hosting.Conf;
using Msgc.Reactive.Hosting.Settings;

namespace Msgc.Reactive.Hosting;

/// <summary>The keys of a file. The first reading must be without errors; later ones with errors are told, and change nothing.</summary>
internal sealed class MsgcConfProvider(string path, bool optional, bool reloadOnChange, IConfFiles files, IScheduler? scheduler = null)
    : ConfigurationProvider, IDisposable
{
    private readonly BehaviorSubject<MsgcConf?> _readings = new(null);
    private readonly Subject<Exception> _failures = new();
    private IDisposable? _watch;

    /// <summary>The last reading first, whether it holds or not; then each other one.</summary>
    public IObservable<MsgcConf> Readings => _readings.Where(conf => conf is not null && !IsLeftOut(conf))!;

    /// <summary>What listeners to changes of the configuration have thrown.</summary>
    public IObservable<Exception> Failures => _failures;

    public override void Load()
    {
        var conf = Read();
        if (!TryTake(conf) && _readings.Value is null) throw new MsgcConfException(conf.Problems);
        _readings.OnNext(conf);
        if (!reloadOnChange || _watch is not null) return;
        _watch = ConfWatch.Create(Read, files, null, scheduler ?? DefaultScheduler.Instance).SkipWhile(reading => reading.IsAs(conf)).Subscribe(Follow);
    }

    public void Dispose() => _watch?.Dispose();

    public override string ToString() => $"{nameof(MsgcConfProvider)} for '{path}'";

    private bool IsLeftOut(MsgcConf conf) => optional && !conf.IsValid && !files.IsFile(path);

    private MsgcConf Read() => MsgcConf.Read(path, null, files);

    private bool TryTake(MsgcConf conf)
    {
        if (IsLeftOut(conf)) Data = new Dictionary<string, string?>();
        else if (conf.IsValid) Data = ConfigurationKeys.Of(conf);
        else return false;
        return true;
    }

    private void Follow(MsgcConf conf)
    {
        var isTaken = TryTake(conf);
        _readings.OnNext(conf);
        if (!isTaken) return;
        try
        {
            OnReload();
        }
        catch (Exception error) // a listener's; on the timer it would take the process with it
        {
            _failures.OnNext(error);
        }
    }
}
