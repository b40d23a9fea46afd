namespace Msgc.Reactive.Hosting;

/// <summary>A configuration file has errors; nothing of it is in force.</summary>
public sealed class MsgcConfException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="problems">All of them.</param>
    public MsgcConfException(IReadOnlyList<MsgcConfProblem> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>All errors, and warnings; the message has one line for each.</summary>
    public IReadOnlyList<MsgcConfProblem> Problems { get; }
}
