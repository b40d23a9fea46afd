namespace Msgc.Reactive.Sessions;

/// <summary>
/// One at a time, in order: what keeps a client's observers serialized though blocks arrive on one thread and ends, gaps and states on
/// others. Received blocks enter at once when nobody is inside or waiting; everything else is posted. No lock is held inside a turn.
/// </summary>
internal sealed class Turn(Dispatcher dispatcher) : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly Queue<Action> _waiting = new();
    private bool _busy;
    private int _owner;

    /// <summary>True on the thread that is inside.</summary>
    public bool IsMine => Volatile.Read(ref _owner) == Environment.CurrentManagedThreadId;

    /// <summary>Enters when the turn is free; then <see cref="Exit"/> must follow.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_busy) return false;
            _owner = Environment.CurrentManagedThreadId;
            return _busy = true;
        }
    }

    public void Exit()
    {
        lock (_gate)
        {
            _owner = 0;
            if (_waiting.Count == 0)
            {
                _busy = false;
                return;
            }
        }
        dispatcher.Post(this);
    }

    /// <summary>Runs the work in a turn of its own, behind all that was posted before.</summary>
    public void Post(Action work)
    {
        lock (_gate)
        {
            _waiting.Enqueue(work);
            if (_busy) return;
            _busy = true;
        }
        dispatcher.Post(this);
    }

    public void Execute()
    {
        Action work;
        lock (_gate)
        {
            work = _waiting.Dequeue();
            _owner = Environment.CurrentManagedThreadId;
        }
        try
        {
            work();
        }
        finally
        {
            Exit();
        }
    }
}
