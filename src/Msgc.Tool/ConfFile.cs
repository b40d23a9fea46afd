using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Msgc.Reactive;
using Msgc.Reactive.Hosting;

namespace Msgc.Tool;

/// <summary>The configuration file of a server: read at once, and followed while it runs; SIGHUP has it read again. Says on standard error what becomes of it.</summary>
internal sealed class ConfFile : IDisposable
{
    private readonly string _path;
    private readonly StderrLogs _logs;
    private readonly bool _verbose;
    private readonly Subject<Unit> _asked = new();
    private readonly PosixSignalRegistration _hangUp;
    private readonly IConnectableObservable<MsgcConf> _readings;
    private readonly IDisposable _watch;
    private MsgcConf _inForce;

    /// <summary>Reads the file, and says what is wrong with it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="given">What the command line has to say holds whatever the file says.</param>
    /// <param name="logs">They follow its debug level.</param>
    /// <param name="verbose">True: these tell of connections whatever that level is.</param>
    public ConfFile(string path, Func<MsgcServerOptions, MsgcServerOptions> given, StderrLogs logs, bool verbose)
    {
        (_path, _logs, _verbose) = (path, logs, verbose);
        // Without this a signal that comes early would end the process.
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            _asked.OnNext(Unit.Default);
        });
        // Followed from this reading on: one of its own, later, could meet a file that is being written.
        _readings = MsgcConf.Watch(path, given, _asked).Replay(1);
        _watch = _readings.Connect();
        _inForce = _readings.FirstAsync().Wait();
        Tell(_inForce);
        if (IsValid) SetLevel();
    }

    /// <summary>False when it has errors.</summary>
    public bool IsValid => _inForce.IsValid;

    public MsgcServerOptions Server => _inForce.Server;

    /// <summary>Has the server follow the file, until disposal.</summary>
    public IDisposable Follow(MsgcServer server) => _readings.Subscribe(conf => Take(conf, server));

    public void Dispose()
    {
        _watch.Dispose();
        _hangUp.Dispose();
    }

    private static void Tell(MsgcConf conf)
    {
        foreach (var problem in conf.Problems) Notice.Say($"{problem}");
    }

    private void Take(MsgcConf conf, MsgcServer server)
    {
        // The server was started with it.
        if (ReferenceEquals(conf, _inForce)) return;
        Tell(conf);
        try
        {
            if (!conf.IsValid) throw new Failure("it has errors");
            var changes = conf.ServerChangesSince(_inForce);
            server.Configure(conf.Server);
            _inForce = conf;
            SetLevel();
            Notice.Say($"{_path} is in force, changed: {(changes.Count > 0 ? string.Join(", ", changes) : "nothing")}");
        }
        catch (Exception error) when (error is Failure or ArgumentException or MsgcException)
        {
            Notice.Say($"{_path} is not in force, what was before stays so: {error.Message.Split(" (Parameter")[0]}");
        }
        catch (ObjectDisposedException)
        {
            // It stops.
        }
    }

    private void SetLevel()
    {
        var level = _inForce.ServerDebugLevel.ToLogLevel();
        _logs.Lowest = _verbose && level > LogLevel.Information ? LogLevel.Information : level;
    }
}
