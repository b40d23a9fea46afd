using System.Runtime.CompilerServices;

namespace Msgc.Reactive.Groups;

/// <summary>
/// Observers of one sequence. Unlike a Subject's, an observer that throws is unsubscribed and reported, and the others go on. Pushed from
/// one turn at a time; observers come and go from any thread, and hear nothing after they went.
/// </summary>
internal sealed class Fanout<T>(Action<Exception> failed)
{
    private readonly Lock _gate = new();
    private Subscription[] _subscriptions = [];
    private bool _ended;
    private Exception? _error;

    public bool IsEmpty => Volatile.Read(ref _subscriptions).Length == 0;

    /// <summary>Adds an observer; null, with the end told to it, when the sequence has ended.</summary>
    public IDisposable? Add(IObserver<T> observer, Action removed)
    {
        lock (_gate)
        {
            if (!_ended)
            {
                var subscription = new Subscription(this, observer, removed);
                _subscriptions = [.. _subscriptions, subscription];
                return subscription;
            }
        }
        new Subscription(this, observer, removed).End(_error);
        return null;
    }

    /// <summary>To each of them. Never inlined, since next to what guards against their errors a caller keeps little in registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Push(T value)
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions)) subscription.OnNext(value);
    }

    /// <summary>
    /// As the other, for one value after another: an only observer hears it unguarded. Whoever pushes catches what that throws, around many
    /// values, and goes on with the next one when <see cref="UnguardedPush.Failed"/> says so.
    /// </summary>
    public void Push(T value, ref UnguardedPush push)
    {
        if (Volatile.Read(ref _subscriptions) is [var only]) push.To(only, value);
        else Push(value);
    }

    /// <summary>Pushes to one observer only: its first view, say.</summary>
    public static void PushTo(IDisposable subscription, T value) => ((Subscription)subscription).OnNext(value);

    /// <summary>Ends the sequence for all and for those to come.</summary>
    public void End(Exception? error)
    {
        Subscription[] all;
        lock (_gate)
        {
            if (_ended) return;
            _ended = true;
            _error = error;
            all = _subscriptions;
            _subscriptions = [];
        }
        foreach (var subscription in all) subscription.End(error);
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate) _subscriptions = [.. _subscriptions.Where(s => s != subscription)];
    }

    /// <summary>Who hears values unguarded, and whether it does just now; on the stack of whoever pushes.</summary>
    public ref struct UnguardedPush
    {
        private Subscription? _to;
        private bool _isOn;

        internal void To(Subscription subscription, T value)
        {
            if (_to != subscription) _to = subscription; // looked at first, since to write a reference takes longer
            _isOn = true;
            subscription.OnNextUnguarded(value);
            _isOn = false;
        }

        /// <summary>For an exception's filter: true when the observer threw it, which is unsubscribed and reported now.</summary>
        public bool Failed(Exception error)
        {
            if (!_isOn) return false;
            _isOn = false;
            return _to!.Report(error);
        }
    }

    internal sealed class Subscription(Fanout<T> fanout, IObserver<T> observer, Action removed) : IDisposable
    {
        private int _stopped;

        public void OnNext(T value)
        {
            try
            {
                OnNextUnguarded(value);
            }
            catch (Exception error) when (Report(error))
            {
            }
        }

        public void OnNextUnguarded(T value)
        {
            if (Volatile.Read(ref _stopped) == 0) observer.OnNext(value);
        }

        public void End(Exception? error)
        {
            if (Interlocked.Exchange(ref _stopped, 1) != 0) return;
            try
            {
                if (error is null) observer.OnCompleted();
                else observer.OnError(error);
            }
            catch (Exception thrown) when (Report(thrown))
            {
            }
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _stopped, 1) != 0) return;
            fanout.Remove(this);
            removed();
        }

        public bool Report(Exception error)
        {
            Dispose();
            fanout.Failed(error);
            return true;
        }
    }

    private void Failed(Exception error) => failed(error);
}
