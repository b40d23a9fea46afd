using System.Reactive.Disposables;

namespace Msgc.Reactive.Testing;

/// <summary>
/// Checks the Rx grammar, <c>OnNext* (OnError | OnCompleted)?</c>, one call at a time.
/// <code>
/// source  --a--b--|--c--
/// result  --a--b--|--!      (c is a violation)
/// </code>
/// </summary>
/// <remarks>
/// A violation is an OnNext that overlaps another call, be it from another thread or re-entrantly; a terminal call from another thread
/// while an OnNext is in progress (a re-entrant one is allowed: Rx's own operators complete from within OnNext); any call after a
/// terminal one. After disposal nothing is passed on, and nothing is a violation.
/// </remarks>
public static class RxGrammar
{
    /// <summary>Passes the sequence through; a violation throws <see cref="InvalidOperationException"/> at whoever makes the call.</summary>
    /// <param name="source">The sequence to check.</param>
    /// <param name="name">What messages call it.</param>
    public static IObservable<T> CheckGrammar<T>(this IObservable<T> source, string name) => Make(source, name, null);

    /// <summary>
    /// Passes the sequence through and records violations. An overlapping call is recorded and passed on; one after the end is recorded
    /// and goes no further.
    /// </summary>
    /// <param name="source">The sequence to check.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="checker">Where violations are recorded.</param>
    public static IObservable<T> CheckGrammar<T>(this IObservable<T> source, string name, GrammarChecker checker)
    {
        ArgumentNullException.ThrowIfNull(checker);
        return Make(source, name, checker);
    }

    /// <summary>An observer in place of this one, which passes on what is checked.</summary>
    internal static IObserver<T> Watch<T>(IObserver<T> observer, string name, GrammarChecker checker) => new CheckingObserver<T>(observer, name, checker);

    private static Checked<T> Make<T>(IObservable<T> source, string name, GrammarChecker? checker)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(name);
        return new Checked<T>(source, name, checker);
    }

    // Own classes instead of Observable.Create: that one silences what comes after the end, which is what is looked for here.
    private sealed class Checked<T>(IObservable<T> source, string name, GrammarChecker? checker) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            var check = new CheckingObserver<T>(observer, name, checker);
            check.Attach(source.Subscribe(check));
            return check;
        }
    }

    private sealed class CheckingObserver<T>(IObserver<T> observer, string name, GrammarChecker? checker) : IObserver<T>, IDisposable
    {
        private readonly SingleAssignmentDisposable _upstream = new();
        private int _inCall; // the managed id of the thread inside a call, 0 for none
        private volatile bool _terminated;

        public void Attach(IDisposable upstream) => _upstream.Disposable = upstream;

        public void Dispose() => _upstream.Dispose();

        public void OnNext(T value)
        {
            if (_upstream.IsDisposed || RefusedAsLate("OnNext")) return;
            var inside = Interlocked.CompareExchange(ref _inCall, Environment.CurrentManagedThreadId, 0);
            if (inside != 0) Report($"OnNext overlaps a call in progress{On(inside)}");
            try
            {
                observer.OnNext(value);
            }
            finally
            {
                if (inside == 0) Volatile.Write(ref _inCall, 0);
            }
        }

        public void OnError(Exception error)
        {
            if (Terminates("OnError")) observer.OnError(error);
        }

        public void OnCompleted()
        {
            if (Terminates("OnCompleted")) observer.OnCompleted();
        }

        private static string On(int thread) =>
            thread == Environment.CurrentManagedThreadId
                ? " (re-entrantly)"
                : $" on thread {thread}, from thread {Environment.CurrentManagedThreadId}";

        private bool Terminates(string call)
        {
            if (_upstream.IsDisposed || RefusedAsLate(call)) return false;
            _terminated = true;
            var inside = Volatile.Read(ref _inCall);
            if (inside != 0 && inside != Environment.CurrentManagedThreadId) Report($"{call} overlaps a call in progress{On(inside)}");
            return true;
        }

        private bool RefusedAsLate(string call)
        {
            if (!_terminated) return false;
            Report($"{call} comes after the end");
            return true;
        }

        private void Report(string what)
        {
            var violation = new InvalidOperationException($"Rx grammar: {what}; sequence '{name}'.");
            if (checker is null) throw violation;
            checker.Add(violation);
        }
    }
}
