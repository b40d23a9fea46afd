namespace Msgc.Reactive.Hosting;

/// <summary>How much is logged, in the words and numbers of configuration files. (<c>debug_level</c>)</summary>
public enum MsgcDebugLevel
{
    /// <summary>Everything.</summary>
    Debug = 0,

    /// <summary>From <c>LogLevel.Information</c> up.</summary>
    Info = 1,

    /// <summary>What is worth notice: from <c>LogLevel.Warning</c> up, since nothing here lies between that and Info.</summary>
    Notice = 2,

    /// <summary>From <c>LogLevel.Warning</c> up.</summary>
    Warning = 3,

    /// <summary>From <c>LogLevel.Error</c> up; the default of configuration files.</summary>
    Error = 4,

    /// <summary>From <c>LogLevel.Critical</c> up.</summary>
    Critical = 5,
}
