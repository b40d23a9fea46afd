using System.Reactive.Disposables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Msgc.Reactive.Hosting.Services;

/// <summary>Logs what is wrong with configuration files: these are read before there are logs.</summary>
internal sealed class ConfReporter(IConfiguration configuration, ILoggerFactory loggers) : IHostedService, IDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger("Msgc.Reactive.Hosting");
    private readonly CompositeDisposable _subscriptions = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var provider in Providers(configuration))
        {
            _subscriptions.Add(provider.Readings.Subscribe(Report));
            _subscriptions.Add(provider.Failures.Subscribe(error => Log.ListenerFailed(_logger, provider.ToString(), error)));
        }
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _subscriptions.Dispose();

    private static IEnumerable<MsgcConfProvider> Providers(IConfiguration configuration) => ((configuration as IConfigurationRoot)?.Providers ?? [])
        .SelectMany(provider => provider is ChainedConfigurationProvider chained ? Providers(chained.Configuration) : new[] { provider }.OfType<MsgcConfProvider>());

    // The server has advice of its own, of what all sources say together.
    private void Report(MsgcConf conf)
    {
        foreach (var problem in conf.Problems)
        {
            if (!problem.IsWarning) Log.FileRejected(_logger, problem);
            else if (!conf.Advice.Contains(problem)) Log.FileWarning(_logger, problem);
        }
    }
}
