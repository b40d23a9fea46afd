namespace Msgc.Reactive.Sessions;

/// <summary>
/// A lock for a few instructions at a time. It is left by a plain store: leaving a <see cref="Lock"/> waits until all that was written under
/// it is out of the processor's store buffer, which took a tenth of the time of small messages. It spins, and whoever is inside and enters
/// again would spin for ever: so nobody is called from within; what is to be told is told behind it, see <see cref="Scope.Later"/>.
/// </summary>
internal sealed class SpinGate
{
    private SpinLock _lock = new(enableThreadOwnerTracking: false);
    private List<Action>? _later;

    /// <summary>Enters; the end of the scope leaves.</summary>
    public Scope Enter()
    {
        var taken = false;
        _lock.Enter(ref taken);
        return new Scope(this);
    }

    private void Leave()
    {
        var later = _later;
        _later = null;
        _lock.Exit(useMemoryBarrier: false);
        if (later is null) return;
        foreach (var work in later) work();
    }

    /// <summary>The time inside.</summary>
    public readonly ref struct Scope(SpinGate gate)
    {
        /// <summary>Runs the work right behind the scope, on this stack and in order.</summary>
        public void Later(Action work) => (gate._later ??= []).Add(work);

        public void Dispose() => gate.Leave();
    }
}
