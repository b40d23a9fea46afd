namespace Msgc.Reactive.Hosting.Conf;

/// <summary>Collects what is wrong.</summary>
internal sealed class ConfProblems
{
    private readonly List<MsgcConfProblem> _all = [];

    /// <summary>In the order of files as they were read, and of lines in them.</summary>
    public IReadOnlyList<MsgcConfProblem> All
    {
        get
        {
            var files = _all.Select(problem => problem.File).Distinct(StringComparer.Ordinal).ToList();
            return [.. _all.OrderBy(problem => files.IndexOf(problem.File)).ThenBy(problem => problem.Line).ThenBy(problem => problem.Column)];
        }
    }

    public void Error(ConfPosition at, string? option, string message) => _all.Add(new MsgcConfProblem(at.File, at.Line, at.Column, option, message));

    public void Warn(ConfPosition at, string? option, string message) => _all.Add(new MsgcConfProblem(at.File, at.Line, at.Column, option, message, IsWarning: true));
}
