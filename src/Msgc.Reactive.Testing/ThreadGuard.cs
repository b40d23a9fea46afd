namespace Msgc.Reactive.Testing;

/// <summary>
/// Virtual time belongs to one thread. What another one does is not done but remembered, with its stack trace, and thrown where the
/// owner advances next: there a test sees it.
/// </summary>
internal sealed class ThreadGuard(string what)
{
    private int _owner = Environment.CurrentManagedThreadId;
    private string? _offence;

    /// <summary>True on the owner's thread; on any other the call is recorded and must not be carried out.</summary>
    public bool Admits()
    {
        if (Environment.CurrentManagedThreadId == _owner) return true;
        Interlocked.CompareExchange(ref _offence, Describe(), null);
        return false;
    }

    /// <summary>The thread that advances is the owner from now on.</summary>
    public void Enter() => _owner = Environment.CurrentManagedThreadId;

    /// <summary>The first offence since the last call, to be thrown; null as a rule.</summary>
    public InvalidOperationException? Offence() =>
        Volatile.Read(ref _offence) is null ? null : new InvalidOperationException(Interlocked.Exchange(ref _offence, null));

    private string Describe() =>
        $"{what} from thread {Environment.CurrentManagedThreadId}, which is not the one that advances virtual time ({_owner}), "
        + $"so the run could not be repeated. It was not carried out. The offender:{Environment.NewLine}{Environment.StackTrace}";
}
