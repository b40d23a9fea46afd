using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Simulation.Wire;

/// <summary>A connection that shows a link's end all that is sent and received, and changes nothing.</summary>
internal sealed class TappedConnection(IMsgcConnection inner, LinkEnd end) : IMsgcConnection, IMsgcConnectionHandler
{
    private IMsgcConnectionHandler _handler = null!;
    private Memory<byte> _buffer;

    public string RemoteAddress => inner.RemoteAddress;

    public void Start(IMsgcConnectionHandler handler)
    {
        _handler = handler;
        inner.Start(this);
    }

    public void Pause() => inner.Pause();

    public void Resume() => inner.Resume();

    public void Abort(MsgcCause cause) => inner.Abort(cause);

    public void Send(IList<ArraySegment<byte>> batch)
    {
        if (end.IsOpen)
        {
            foreach (var segment in batch) end.Sent(segment);
        }
        inner.Send(batch);
    }

    public Memory<byte> GetBuffer() => _buffer = _handler.GetBuffer();

    public void OnReceived(int bytes)
    {
        if (end.IsOpen) end.Received(_buffer.Span[..bytes]);
        _handler.OnReceived(bytes);
    }

    public void OnSent() => _handler.OnSent();

    public void OnEnded(MsgcCause cause, Exception? error) => _handler.OnEnded(cause, error);
}
