using System.Globalization;
using System.Reactive.Concurrency;
using Microsoft.Extensions.Logging;

namespace Msgc.Tool;

/// <summary>The library's logs on standard error: time (UTC), level and text, one line each.</summary>
internal sealed class StderrLogs : ILoggerFactory, ILogger
{
    private volatile LogLevel _lowest = LogLevel.Error;

    /// <summary>What is less important is left out; may change while running.</summary>
    public LogLevel Lowest
    {
        get => _lowest;
        set => _lowest = value;
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Logs go to standard error only.");

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= _lowest && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        // LinkNews tells of it.
        if (!IsEnabled(logLevel) || (eventId.Name == "LinkRefused" && _lowest > LogLevel.Information)) return;
        var now = DefaultScheduler.Instance.Now.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
        var text = formatter(state, exception) + (exception is null ? "" : $": {exception.Message}");
        Console.Error.WriteLine($"{now} {Name(logLevel)} {text.ReplaceLineEndings(" ")}");
    }

    public void Dispose()
    {
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Critical => "CRITICAL",
        LogLevel.Error => "ERROR",
        LogLevel.Warning => "WARNING",
        LogLevel.Information => "INFO",
        LogLevel.Debug => "DEBUG",
        _ => "TRACE",
    };
}
