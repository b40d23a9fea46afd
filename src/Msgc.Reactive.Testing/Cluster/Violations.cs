namespace Msgc.Reactive.Testing.Cluster;

/// <summary>What the checks of a cluster have found.</summary>
internal sealed class Violations(TestChecks checks)
{
    private readonly List<string> _quiet = [];

    public bool ChecksQuiet => checks.HasFlag(TestChecks.Quiet);

    public GrammarChecker? Grammar { get; } = checks.HasFlag(TestChecks.Grammar) ? new GrammarChecker() : null;

    public IReadOnlyList<string> All => [.. Grammar?.Violations.Select(v => v.Message) ?? [], .. _quiet];

    public void Scheduled(string host, long ticks) =>
        _quiet.Add($"'{host}' scheduled work at {TimeSpan.FromTicks(ticks).TotalSeconds:f4} s, after it was disposed; the offender:{Environment.NewLine}{Environment.StackTrace}");

    /// <summary>The observer, or one that checks what it is told.</summary>
    public IObserver<T> Watch<T>(string host, string sequence, IObserver<T> observer) =>
        Grammar is { } checker ? RxGrammar.Watch(observer, $"{host}: {sequence}", checker) : observer;
}
