using System.Buffers;
using System.Reactive.Concurrency;

namespace Msgc.Reactive.Transport;

/// <summary>
/// A connection whose handler is called on a scheduler only. The socket fills a pooled block, and stays paused until the handler has taken
/// all of it, so one block is all that ever waits. Fields without a lock belong to the scheduled actions, or to the socket's callbacks
/// while the inner connection is not paused.
/// </summary>
internal sealed class ScheduledConnection : IMsgcConnection, IMsgcConnectionHandler
{
    private const int BlockBytes = 65536;

    private readonly IMsgcConnection _inner;
    private readonly SerialQueue _queue;
    private readonly Action _deliver, _proceed, _sent;
    private readonly Action<IMsgcConnectionHandler> _deliverPiece;
    private IMsgcConnectionHandler? _handler;
    private Exception? _error;
    private byte[]? _block;
    private int _filled, _taken;
    private bool _stopped;
    private volatile bool _paused, _over;

    public ScheduledConnection(IMsgcConnection inner, IScheduler scheduler)
    {
        _inner = inner;
        _queue = new SerialQueue(scheduler);
        _deliver = Deliver;
        _deliverPiece = DeliverPiece;
        _proceed = Proceed;
        _sent = () => Call(static handler => handler.OnSent());
    }

    public string RemoteAddress => _inner.RemoteAddress;

    public void Start(IMsgcConnectionHandler handler)
    {
        _handler = handler;
        _inner.Start(this);
    }

    public void Pause() => _paused = true;

    public void Resume()
    {
        if (!_paused) return;
        _paused = false;
        _queue.Post(_proceed);
    }

    public void Send(IList<ArraySegment<byte>> batch) => _inner.Send(batch);

    public void Abort(MsgcCause cause)
    {
        _over = true;
        _inner.Abort(cause);
    }

    Memory<byte> IMsgcConnectionHandler.GetBuffer() => _block ??= ArrayPool<byte>.Shared.Rent(BlockBytes);

    void IMsgcConnectionHandler.OnReceived(int bytes)
    {
        _inner.Pause();
        _filled = bytes;
        _taken = 0;
        _queue.Post(_deliver);
    }

    void IMsgcConnectionHandler.OnSent() => _queue.Post(_sent);

    void IMsgcConnectionHandler.OnEnded(MsgcCause cause, Exception? error) => _queue.Post(() =>
    {
        _over = true;
        ReturnBlock();
        Call(handler => handler.OnEnded(cause, error ?? _error));
    });

    // Ends with the block taken and the socket going on, or stopped by the handler's pause, which Proceed undoes.
    private void Deliver()
    {
        while (!_over && !(_stopped = _paused))
        {
            if (_taken == _filled)
            {
                ReturnBlock();
                _inner.Resume();
                return;
            }
            Call(_deliverPiece);
        }
    }

    private void DeliverPiece(IMsgcConnectionHandler handler)
    {
        var target = handler.GetBuffer().Span;
        var piece = _block.AsSpan(_taken, Math.Min(target.Length, _filled - _taken));
        piece.CopyTo(target);
        _taken += piece.Length;
        handler.OnReceived(piece.Length);
    }

    private void Proceed()
    {
        if (_stopped && !_over) Deliver();
    }

    private void Call(Action<IMsgcConnectionHandler> callback)
    {
        try
        {
            callback(_handler!);
        }
        catch (Exception error) // the handler's own: as with a socket, it costs the connection and not the scheduler's thread
        {
            _error ??= error;
            Abort(MsgcCause.Transport);
        }
    }

    private void ReturnBlock()
    {
        if (_block is { } block) ArrayPool<byte>.Shared.Return(block);
        _block = null;
    }
}
