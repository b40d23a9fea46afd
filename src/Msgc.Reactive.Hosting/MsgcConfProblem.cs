namespace Msgc.Reactive.Hosting;

/// <summary>What is wrong with a configuration file, where, and what would be right.</summary>
/// <param name="File">The file, as it was named or found.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Column">The column in that line, from 1.</param>
/// <param name="Option">The option or stanza, as the file has it; null for what is none.</param>
/// <param name="Message">What is wrong, and what would be right.</param>
/// <param name="IsWarning">True: the file is in force all the same.</param>
public sealed record MsgcConfProblem(string File, int Line, int Column, string? Option, string Message, bool IsWarning = false)
{
    /// <summary>One line: <c>file:line:column: message</c>.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {(IsWarning ? "warning: " : "")}{Message}";
}
