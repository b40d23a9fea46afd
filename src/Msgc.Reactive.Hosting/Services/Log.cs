using Microsoft.Extensions.Logging;

namespace Msgc.Reactive.Hosting.Services;

/// <summary>All log messages of this package, each with an id of its own.</summary>
internal static partial class Log
{
    [LoggerMessage(101, LogLevel.Information, "{Name} follows its configuration: {Changes}")]
    public static partial void Follows(ILogger logger, string name, string changes);

    [LoggerMessage(102, LogLevel.Error, "{Name} cannot follow its configuration, the one before stays in force: {Reason}")]
    public static partial void CannotFollow(ILogger logger, string name, string reason);

    [LoggerMessage(103, LogLevel.Error, "The configuration in {Section} is wrong, the one before stays in force: {Reasons}")]
    public static partial void Rejected(ILogger logger, string section, string reasons);

    [LoggerMessage(104, LogLevel.Error, "A configuration file is wrong, the one before stays in force: {Problem}")]
    public static partial void FileRejected(ILogger logger, MsgcConfProblem problem);

    [LoggerMessage(105, LogLevel.Warning, "{Problem}")]
    public static partial void FileWarning(ILogger logger, MsgcConfProblem problem);

    [LoggerMessage(108, LogLevel.Error, "A listener to changes of {Provider} threw")]
    public static partial void ListenerFailed(ILogger logger, string provider, Exception error);

    [LoggerMessage(106, LogLevel.Warning, "{Name}: {Advice}")]
    public static partial void Advice(ILogger logger, string name, string advice);

    [LoggerMessage(107, LogLevel.Warning, "{Name} has not stopped gracefully within the host's shutdown timeout")]
    public static partial void StoppedHard(ILogger logger, string name);
}
