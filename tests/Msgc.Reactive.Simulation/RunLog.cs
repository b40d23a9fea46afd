using System.Reactive.Concurrency;
using Microsoft.Extensions.Logging;

namespace Msgc.Reactive.Simulation;

/// <summary>Writes what servers and clients log, with the virtual time.</summary>
internal sealed class RunLog(IScheduler scheduler, TextWriter output) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        output.WriteLine($"{scheduler.Now.UtcTicks / 1e7:f4} {formatter(state, exception)}");

    public void Dispose()
    {
    }
}
