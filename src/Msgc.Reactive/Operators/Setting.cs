// Set          ---b-------b-----c-------
// subscribed       a----b-------------c-------     the current value first, then each that differs

namespace Msgc.Reactive.Operators;

/// <summary>
/// A value that can change while the program runs: the current one first, then each change. Subscribing and unsubscribing cost the same
/// however many there are (a linked list, where <c>BehaviorSubject</c> copies its list). It never ends. Any thread may set and subscribe;
/// each observer is called by one thread at a time, never under a lock, and under concurrent changes may skip all but the latest.
/// </summary>
internal sealed class Setting<T> : IObservable<T>
{
    private readonly Lock _gate = new();
    private T _value;
    private long _version = 1;
    private Node? _first;
    private Node? _last;

    public Setting(T value) => _value = value;

    /// <summary>The current value.</summary>
    public T Value
    {
        get
        {
            lock (_gate)
                return _value;
        }
    }

    /// <summary>Makes it the current value and pushes it, unless it equals the current one.</summary>
    public void Set(T value)
    {
        Node? node;
        lock (_gate)
        {
            if (EqualityComparer<T>.Default.Equals(_value, value))
                return;
            _value = value;
            _version++;
            node = _first;
        }

        while (node is not null)
        {
            Deliver(node);
            lock (_gate)
                node = node.Next; // a removed node keeps its way on
        }
    }

    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var node = new Node(this, observer);
        lock (_gate)
        {
            node.Previous = _last;
            if (_last is null)
                _first = node;
            else
                _last.Next = node;
            _last = node;
        }

        Deliver(node);
        return node;
    }

    /// <summary>Brings one observer up to date. Whoever is calling it already, on this or another thread, does it.</summary>
    private void Deliver(Node node)
    {
        while (true)
        {
            T value;
            lock (_gate)
            {
                if (node.Removed || node.Delivering || node.Seen == _version)
                    return;
                node.Delivering = true;
                node.Seen = _version;
                value = _value;
            }

            try
            {
                node.Observer.OnNext(value);
            }
            catch
            {
                Remove(node);
                throw;
            }

            lock (_gate)
                node.Delivering = false;
        }
    }

    private void Remove(Node node)
    {
        lock (_gate)
        {
            if (node.Removed)
                return;
            node.Removed = true;
            if (node.Previous is null)
                _first = node.Next;
            else
                node.Previous.Next = node.Next;
            if (node.Next is null)
                _last = node.Previous;
            else
                node.Next.Previous = node.Previous;
        }
    }

    private sealed class Node(Setting<T> setting, IObserver<T> observer) : IDisposable
    {
        public IObserver<T> Observer { get; } = observer;

        public Node? Previous { get; set; }

        public Node? Next { get; set; }

        public long Seen { get; set; }

        public bool Delivering { get; set; }

        public bool Removed { get; set; }

        public void Dispose() => setting.Remove(this);
    }
}
