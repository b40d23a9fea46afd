namespace Msgc.Reactive.Testing.Network;

/// <summary>
/// One direction of a connection, with TCP's flow control. The window is what the receive buffer can still take as far as the sender
/// knows; bytes beyond it wait in the send buffer, and beyond that in the caller's batch.
/// <code>
/// batch --accepted--> send buffer --window--> in flight --latency--> receive buffer --> handler
///                                   ^---------------- latency of the way back --------------'
/// </code>
/// </summary>
internal sealed class Pipe(SimulatedNetwork network, Route route, Route back, int sendBuffer, int window, SeededRandom random)
{
    private readonly ByteQueue _unsent = new(network.Segments);
    private readonly Queue<Segment> _inFlight = new();
    private readonly Queue<(long Due, int Bytes)> _credits = new();
    private SimulatedConnection _from = null!;
    private SimulatedConnection _to = null!;
    private SeededRandom _random = random;
    private Batch _batch;
    private int _window = window;
    private long _lastArrival;
    private int _held; // of those in flight, how many are lost and wait to be sent again
    private bool _pumpScheduled;
    private bool _acceptHeld;
    private bool _ending;
    private bool _done; // the end is under way, or all was dropped

    /// <summary>True when bytes or news of the window travel by it.</summary>
    public bool Uses(Route way) => way == route || way == back;

    public void Join(SimulatedConnection from, SimulatedConnection to)
    {
        _from = from;
        _to = to;
    }

    public void Send(IList<ArraySegment<byte>> batch)
    {
        _batch = new Batch(batch);
        Pump();
    }

    /// <summary>What was accepted still goes, and the end behind it.</summary>
    public void End()
    {
        if (_to.HasEnded)
        {
            Drop();
            return;
        }
        _batch = default;
        _ending = true;
        Pump();
    }

    /// <summary>Everything under way is lost.</summary>
    public void Drop()
    {
        _done = true;
        _batch = default;
        _unsent.Clear();
        _inFlight.Clear();
    }

    /// <summary>The receiver has taken bytes out of its buffer; the sender learns of it after the way back.</summary>
    public void Consumed(int bytes)
    {
        if (_done) return;
        Settle();
        _credits.Enqueue((network.Clock + back.Delay(ref _random), bytes));
        if (_unsent.Count > 0) SchedulePump();
    }

    /// <summary>After <see cref="Route.Unmute"/> of either way: arrivals and news of the window that were lost come now.</summary>
    public void Retransmit()
    {
        if (!route.IsClosed && _held > 0)
        {
            for (; _held > 0 && _inFlight.Count > 0; _held--) HandOver(_inFlight.Dequeue());
            _to.Deliver();
        }
        Pump();
    }

    /// <summary>A size for the next block handed over, out of at most so many bytes.</summary>
    public int Chunk(int most) => network.Chunking switch
    {
        Chunking.SingleBytes => 1,
        Chunking.Random => 1 + (int)_random.Below((_random.Next() & 1) == 0 ? most : Math.Min(most, 16)),
        _ => most,
    };

    private void Pump()
    {
        if (_done) return;
        Settle();
        if (_unsent.Count > 0 && _window > 0) Transmit(_unsent.Dequeue(Math.Min(_window, _unsent.Count)));
        if (!_batch.IsNone) AcceptUnlessFrozen();
        if (_unsent.Count > 0) SchedulePump();
        else if (_ending)
        {
            Transmit(default);
            _done = true;
        }
    }

    /// <summary>A program that is stopped writes nothing into its send buffer; at thaw it goes on.</summary>
    private void AcceptUnlessFrozen()
    {
        var process = _from.Host.Process;
        if (!process.IsFrozen) Accept();
        else if (!_acceptHeld)
        {
            _acceptHeld = true;
            process.Run(this, static pipe =>
            {
                pipe._acceptHeld = false;
                pipe.Pump();
            });
        }
    }

    private void Accept()
    {
        if (_window > 0 && _batch.Remaining > 0) Transmit(_batch.Take(_window, network.Segments));
        var room = sendBuffer - _unsent.Count;
        if (room > 0 && _batch.Remaining > 0) _unsent.Enqueue(_batch.Take(room, network.Segments));
        if (_batch.Remaining > 0) return;
        _batch = default;
        network.Schedule(_from, 0, static from => from.Sent());
    }

    private void Transmit(Segment segment)
    {
        var now = network.Clock;
        _window -= segment.IsEnd ? 0 : segment.Count;
        _lastArrival = Math.Max(route.Departure(now, segment.Count) + route.Delay(ref _random), _lastArrival); // never reordered
        _inFlight.Enqueue(segment);
        network.Schedule(this, _lastArrival - now, static pipe => pipe.Arrive());
        if (!segment.IsEnd && network.IsTraced) network.Trace(NetworkEventKind.Sent, _from, segment.Count);
    }

    private void Arrive()
    {
        if (_inFlight.Count == 0) return;
        if (_held > 0 || route.IsClosed)
        {
            _held++;
            return;
        }
        HandOver(_inFlight.Dequeue());
        _to.Deliver();
    }

    private void HandOver(Segment segment)
    {
        var cut = route.Cuts(segment.Count, out var passing);
        _to.Arrived(cut ? segment.First(passing) : segment);
        if (!cut) return;
        _to.Deliver();
        SimulatedNetwork.Break(_to);
    }

    /// <summary>Adds to the window what the sender has learned by now. Costs no action of its own while the sender is not waiting.</summary>
    private void Settle()
    {
        if (_credits.Count == 0 || back.IsClosed) return;
        var now = network.Clock;
        while (_credits.TryPeek(out var credit) && credit.Due <= now)
        {
            _window += credit.Bytes;
            _credits.Dequeue();
        }
    }

    private void SchedulePump()
    {
        if (_pumpScheduled || !_credits.TryPeek(out var credit) || back.IsMuted) return;
        _pumpScheduled = true;
        network.Schedule(this, Math.Max(0, Math.Max(credit.Due, back.OpenAt) - network.Clock), static pipe =>
        {
            pipe._pumpScheduled = false;
            pipe.Pump();
        });
    }
}
