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

    public void Push(in T value)
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions)) subscription.OnNext(value);
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

    private sealed class Subscription(Fanout<T> fanout, IObserver<T> observer, Action removed) : IDisposable
    {
        private int _stopped;

        public void OnNext(in T value)
        {
            if (Volatile.Read(ref _stopped) != 0) return;
            try
            {
                observer.OnNext(value);
            }
            catch (Exception error) when (Report(error))
            {
            }
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

        private bool Report(Exception error)
        {
            Dispose();
            fanout.Failed(error);
            return true;
        }
    }

    private void Failed(Exception error) => failed(error);
}
