namespace Msgc.Reactive.Testing;

/// <summary>
/// Collects violations of the Rx grammar found by <see cref="RxGrammar.CheckGrammar{T}(IObservable{T}, string, GrammarChecker)"/>, so that
/// a test can assert that there were none. Thread-safe.
/// </summary>
public sealed class GrammarChecker
{
    private readonly Lock _lock = new();
    private readonly List<InvalidOperationException> _violations = [];

    /// <summary>What was found so far, in order; each message names the sequence.</summary>
    public IReadOnlyList<InvalidOperationException> Violations
    {
        get
        {
            lock (_lock) return _violations.ToArray();
        }
    }

    internal void Add(InvalidOperationException violation)
    {
        lock (_lock) _violations.Add(violation);
    }
}
