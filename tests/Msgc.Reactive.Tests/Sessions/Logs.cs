using Microsoft.Extensions.Logging;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>Keeps what was logged.</summary>
internal sealed class Logs : ILoggerFactory, ILogger
{
    public List<(LogLevel Level, string Text)> All { get; } = [];

    public IEnumerable<string> Errors => All.Where(l => l.Level >= LogLevel.Error).Select(l => l.Text);

    public IEnumerable<string> Warnings => All.Where(l => l.Level == LogLevel.Warning).Select(l => l.Text);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        All.Add((logLevel, formatter(state, exception)));
}
