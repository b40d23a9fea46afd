using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Simulation.Wire;

/// <summary>A connection that shows a link's end all that is sent and received, and changes nothing.</summary>
internal sealed class TappedConnection(IMsgcConnection inner, LinkEnd end) : WrappedConnection(inner), IMsgcConnectionHandler
{
    private IMsgcConnectionHandler _handler = null!;
    private Memory<byte> _buffer;

    public override void Start(IMsgcConnectionHandler handler)
    {
        _handler = handler;
        base.Start(this);
    }

    public override void Send(IList<ArraySegment<byte>> batch)
    {
        if (end.IsOpen)
        {
            foreach (var segment in batch) end.Sent(segment);
        }
        base.Send(batch);
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
