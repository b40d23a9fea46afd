using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Simulation.Wire;

/// <summary>A connection that is another one, but for what is overridden.</summary>
internal abstract class WrappedConnection(IMsgcConnection inner) : IMsgcConnection
{
    public string RemoteAddress => inner.RemoteAddress;

    public virtual void Start(IMsgcConnectionHandler handler) => inner.Start(handler);

    public void Pause() => inner.Pause();

    public void Resume() => inner.Resume();

    public virtual void Send(IList<ArraySegment<byte>> batch) => inner.Send(batch);

    public virtual void Abort(MsgcCause cause) => inner.Abort(cause);
}
