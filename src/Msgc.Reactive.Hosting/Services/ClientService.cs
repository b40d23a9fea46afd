using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Msgc.Reactive.Hosting.Settings;

namespace Msgc.Reactive.Hosting.Services;

/// <summary>A client that connects when its host starts, ends gracefully with it, and follows its options.</summary>
internal sealed class ClientService(string key, IOptionsMonitor<MsgcClientOptions> monitor, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger("Msgc.Reactive.Hosting");
    private readonly Lock _gate = new();
    private MsgcClient? _client;
    private IDisposable? _following;
    private IDisposable? _watching;
    private volatile MsgcConnectionState? _state;

    /// <summary>The client; whoever asks before the host starts has it connect.</summary>
    public MsgcClient Client
    {
        get
        {
            lock (_gate) return _client ??= new MsgcClient(monitor.Get(key));
        }
    }

    /// <summary>What its connection is doing; null before the host has started it.</summary>
    public MsgcConnectionState? State => _state;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // An end with an error is in the client's logs, and in the states of those who ask for them.
        _watching = Client.State.Subscribe(state => _state = state, error => _state = new MsgcConnectionState(MsgcConnectionPhase.Closed, Reason: error.Message));
        _following = monitor.OnChange((_, name) =>
        {
            if (name == key) Follow();
        });
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _following?.Dispose();
        if (_client is null) return;
        try
        {
            await _client.DisposeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Log.StoppedHard(_logger, _client.Name);
            _client.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _following?.Dispose();
        _watching?.Dispose();
        if (_client is not null) await _client.DisposeAsync().ConfigureAwait(false);
    }

    private void Follow()
    {
        var client = Client;
        try
        {
            IReadOnlyList<string> changes;
            lock (_gate)
            {
                var options = monitor.Get(key); // the latest, whichever of two changes comes here first
                changes = OptionChanges.Between(client.Options, options);
                client.Configure(options);
            }
            if (changes.Count > 0) Log.Follows(_logger, client.Name, string.Join(", ", changes));
        }
        catch (ArgumentException error)
        {
            Log.CannotFollow(_logger, client.Name, error.Message);
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }
    }
}
