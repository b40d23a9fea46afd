using Microsoft.Extensions.Logging;

namespace Msgc.Reactive.Hosting;

/// <summary>Debug levels in .NET's words.</summary>
public static class MsgcDebugLevels
{
    /// <summary>The lowest level that is logged.</summary>
    public static LogLevel ToLogLevel(this MsgcDebugLevel level) => level switch
    {
        MsgcDebugLevel.Debug => LogLevel.Debug,
        MsgcDebugLevel.Info => LogLevel.Information,
        MsgcDebugLevel.Notice or MsgcDebugLevel.Warning => LogLevel.Warning,
        MsgcDebugLevel.Error => LogLevel.Error,
        _ => LogLevel.Critical,
    };
}
