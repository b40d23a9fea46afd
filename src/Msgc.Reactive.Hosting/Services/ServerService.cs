using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Msgc.Reactive.Hosting.Settings;

namespace Msgc.Reactive.Hosting.Services;

/// <summary>A server that starts and stops with its host, and follows its options.</summary>
internal sealed class ServerService(string key, IOptionsMonitor<MsgcServerOptions> monitor, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger("Msgc.Reactive.Hosting");
    private readonly Lock _gate = new();
    private MsgcServer? _server;
    private IDisposable? _following;
    private IDisposable? _watching;
    private bool _stopping;
    private volatile IReadOnlyList<MsgcPeerState> _peers = [];

    /// <summary>The server; whoever asks before the host starts it starts it.</summary>
    public MsgcServer Server
    {
        get
        {
            lock (_gate) return _server ??= Start();
        }
    }

    /// <summary>True from its start to the beginning of its end.</summary>
    public bool IsListening
    {
        get
        {
            lock (_gate) return _server is not null && !_stopping;
        }
    }

    /// <summary>The states of the links.</summary>
    public IReadOnlyList<MsgcPeerState> Peers => _peers;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Advise(Server.Options);
        _watching = Server.Peers.Subscribe(peers => _peers = peers);
        _following = monitor.OnChange((_, name) =>
        {
            if (name == key) Follow();
        });
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _following?.Dispose();
        lock (_gate) _stopping = true;
        if (_server is null) return;
        try
        {
            await _server.StopAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Log.StoppedHard(_logger, _server.NodeName);
            await _server.DisposeAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _following?.Dispose();
        _watching?.Dispose();
        if (_server is not null) await _server.DisposeAsync().ConfigureAwait(false);
    }

    // It listens when the task comes back, which is complete then.
    private MsgcServer Start() => MsgcServer.StartAsync(monitor.Get(key)).GetAwaiter().GetResult();

    private void Follow()
    {
        var server = Server;
        try
        {
            IReadOnlyList<string> changes;
            lock (_gate)
            {
                var options = monitor.Get(key); // the latest, whichever of two changes comes here first
                changes = OptionChanges.Between(server.Options, options);
                server.Configure(options);
            }
            if (changes.Count == 0) return;
            Log.Follows(_logger, server.NodeName, string.Join(", ", changes));
            Advise(server.Options);
        }
        catch (Exception error) when (error is ArgumentException or MsgcException)
        {
            Log.CannotFollow(_logger, server.NodeName, error.Message);
        }
        catch (ObjectDisposedException)
        {
            // It stops.
        }
    }

    private void Advise(MsgcServerOptions options)
    {
        foreach (var (_, advice) in ServerAdvice.For(options, options.Port != MsgcEndpoint.DefaultPort)) Log.Advice(_logger, options.Resolve().NodeName!, advice);
    }
}
