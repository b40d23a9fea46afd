using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Extensions.Configuration;
using Msgc.Reactive.Hosting.Conf;
using Msgc.Reactive.Hosting.Settings;

namespace Msgc.Reactive.Hosting;

/// <summary>The keys of a file. The first reading must be without errors; of later ones those with errors are told, and change nothing.</summary>
internal sealed class MsgcConfProvider(string path, bool optional, bool reloadOnChange, IConfFiles files, IScheduler? scheduler = null)
    : ConfigurationProvider, IDisposable
{
    private readonly BehaviorSubject<MsgcConf?> _readings = new(null);
    private IDisposable? _watch;

    /// <summary>The last reading first, whether it holds or not; then each other one.</summary>
    public IObservable<MsgcConf> Readings => _readings.Where(conf => conf is not null)!;

    public override void Load()
    {
        var conf = Read();
        if (!conf.IsValid && !IsLeftOut) throw new MsgcConfException(conf.Problems);
        Take(conf);
        if (!reloadOnChange || _watch is not null) return;
        _watch = ConfWatch.Create(Read, files, null, scheduler ?? DefaultScheduler.Instance).SkipWhile(reading => reading.IsAs(conf)).Subscribe(Follow);
    }

    public void Dispose() => _watch?.Dispose();

    public override string ToString() => $"{nameof(MsgcConfProvider)} for '{path}'";

    private bool IsLeftOut => optional && !files.IsFile(path);

    private MsgcConf Read() => MsgcConf.Read(path, null, files);

    private void Take(MsgcConf conf)
    {
        Data = IsLeftOut ? [] : ConfigurationKeys.Of(conf);
        if (!IsLeftOut) _readings.OnNext(conf);
    }

    private void Follow(MsgcConf conf)
    {
        if (conf.IsValid || IsLeftOut)
        {
            Take(conf);
            OnReload();
        }
        else
        {
            _readings.OnNext(conf);
        }
    }
}
