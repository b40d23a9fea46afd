using System.Reactive.Concurrency;
using Microsoft.Extensions.Logging;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>One line of the log.</summary>
internal sealed record LogLine(long Time, int Id, LogLevel Level, string Text);

/// <summary>Writes down what is logged, and when, if told by which clock.</summary>
internal sealed class RecordingLogs(Func<VirtualTimeSchedulerBase<long, long>>? scheduler = null) : ILoggerFactory, ILogger
{
    public List<LogLine> Lines { get; } = [];

    public IEnumerable<string> Errors => Lines.Where(l => l.Level >= LogLevel.Error).Select(l => l.Text);

    public IEnumerable<string> Warnings => Lines.Where(l => l.Level == LogLevel.Warning).Select(l => l.Text);

    /// <summary>Lines of that id, see Log.</summary>
    public IEnumerable<LogLine> Of(int id) => Lines.Where(l => l.Id == id);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    /// <summary>The id of a message at which it throws, after it was written down.</summary>
    public int Throws { get; init; }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Lines.Add(new LogLine(scheduler?.Invoke().Clock ?? 0, eventId.Id, logLevel, formatter(state, exception)));
        if (eventId.Id == Throws && Throws != 0) throw new InvalidOperationException("A logger that throws.");
    }

    public void Dispose()
    {
    }
}
