namespace Msgc.Tool;

/// <summary>What the shell is told.</summary>
internal static class ExitCode
{
    /// <summary>Done, or ended by Ctrl-C or SIGTERM.</summary>
    public const int Done = 0;

    /// <summary>A runtime failure, with one line on standard error.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;
}
