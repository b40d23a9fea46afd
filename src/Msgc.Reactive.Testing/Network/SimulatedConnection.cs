using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Testing.Network;

/// <summary>One end of a connection. Its handler is called in scheduled actions only, never inside a caller's stack.</summary>
internal sealed class SimulatedConnection(
    SimulatedNetwork network, SimulatedHost host, string remoteAddress, int number, Pipe sending, Pipe receiving) : IMsgcConnection
{
    private readonly ByteQueue _received = new(network.Segments);
    private IMsgcConnectionHandler? _handler;
    private int _consumed;
    private bool _paused;
    private bool _delivering;
    private bool _deliveryScheduled;
    private bool _farEndClosed;
    private bool _sendInProgress;
    private bool _endTold;
    private MsgcCause _cause;
    private Exception? _error;

    public string RemoteAddress => remoteAddress;

    public SimulatedHost Host => host;

    public int Number => number;

    public bool HasEnded { get; private set; }

    /// <summary>The end at the other host.</summary>
    public SimulatedConnection Far { get; set; } = null!;

    /// <summary>The connection's place among the network's live ones.</summary>
    public LinkedListNode<SimulatedConnection> Listed { get; set; } = null!;

    public Pipe Sending => sending;

    public void Start(IMsgcConnectionHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (_handler is not null) throw new InvalidOperationException("The connection was started before.");
        _handler = handler;
        if (HasEnded) network.Schedule(this, 0, static connection => connection.TellEnd());
        else ScheduleDelivery();
    }

    public void Pause() => _paused = true;

    public void Resume()
    {
        if (!_paused) return;
        _paused = false;
        ScheduleDelivery();
    }

    public void Send(IList<ArraySegment<byte>> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (HasEnded) return;
        if (_handler is null) throw new InvalidOperationException("Send before Start: nobody could hear OnSent.");
        if (_sendInProgress) throw new InvalidOperationException("Send before the OnSent of the last one.");
        _sendInProgress = true;
        sending.Send(batch);
    }

    public void Abort(MsgcCause cause) => End(cause, null);

    /// <summary>Ends it without a word to the far end.</summary>
    public void Reset(string reason)
    {
        if (HasEnded) return;
        sending.Drop();
        receiving.Drop();
        End(MsgcCause.Transport, new IOException(reason));
    }

    /// <summary>The pipe's: the batch was accepted.</summary>
    public void Sent()
    {
        if (HasEnded) return;
        host.Process.Run(this, static connection =>
        {
            if (connection.HasEnded) return;
            connection._sendInProgress = false;
            connection._handler!.OnSent();
        });
    }

    /// <summary>The pipe's: a segment has reached this host. <see cref="Deliver"/> follows.</summary>
    public void Arrived(Segment segment)
    {
        if (segment.IsEnd) _farEndClosed = true;
        else if (!HasEnded) _received.Enqueue(segment);
        else
        {
            // Nobody reads here any more; the far end learns that from the end, not from a full window.
            receiving.Consumed(segment.Count);
            network.Segments.Return(segment);
        }
    }

    /// <summary>Hands over what is there, unless paused; then the end, if the far one has closed. At thaw, if the host is frozen.</summary>
    public void Deliver()
    {
        if (_delivering || _handler is null) return;
        _delivering = true;
        host.Process.Run(this, static connection => connection.DeliverReceived());
    }

    private void DeliverReceived()
    {
        try
        {
            while (_received.Count > 0 && !_paused && !HasEnded) DeliverBlock(_handler!);
        }
        finally
        {
            _delivering = false;
            ReportConsumed();
        }
        if (_farEndClosed && _received.Count == 0 && !_paused) End(MsgcCause.Closed, null);
    }

    private void DeliverBlock(IMsgcConnectionHandler handler)
    {
        var buffer = handler.GetBuffer().Span;
        if (buffer.IsEmpty) throw new InvalidOperationException("GetBuffer gave an empty buffer; at least one byte was asked for.");
        if (HasEnded) return;
        var size = receiving.Chunk(Math.Min(buffer.Length, _received.Count));
        _received.CopyTo(buffer[..size]);
        _consumed += size;
        if (network.IsTraced) network.Trace(NetworkEventKind.Received, Far, size);
        handler.OnReceived(size);
    }

    /// <summary>Once per delivery, not per block: all blocks are handed over on one tick.</summary>
    private void ReportConsumed()
    {
        if (_consumed > 0) receiving.Consumed(_consumed);
        _consumed = 0;
    }

    private void ScheduleDelivery()
    {
        if (_deliveryScheduled || _delivering || HasEnded || (_received.Count == 0 && !_farEndClosed)) return;
        _deliveryScheduled = true;
        network.Schedule(this, 0, static connection =>
        {
            connection._deliveryScheduled = false;
            connection.Deliver();
        });
    }

    private void End(MsgcCause cause, Exception? error)
    {
        if (HasEnded) return;
        HasEnded = true;
        _cause = cause;
        _error = error;
        if (_received.Count > 0) receiving.Consumed(_received.Count);
        _received.Clear();
        network.Ended(this);
        sending.End();
        network.Schedule(this, 0, static connection => connection.TellEnd());
    }

    private void TellEnd() => host.Process.Run(this, static connection =>
    {
        if (connection._endTold || connection._handler is null) return;
        connection._endTold = true;
        connection._handler.OnEnded(connection._cause, connection._error);
    });
}
