using System.Reactive.Linq;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Simulation.Wire;

/// <summary>A transport whose connections are all wrapped.</summary>
internal sealed class WrappedTransport(IMsgcTransport inner, Func<IMsgcConnection, IMsgcConnection> wrap) : IMsgcTransport
{
    public IObservable<IMsgcConnection> Dial(MsgcEndpoint endpoint, MsgcSocketOptions options) => inner.Dial(endpoint, options).Select(wrap);

    public IMsgcListener Listen(MsgcEndpoint endpoint, MsgcSocketOptions options) => new Listener(inner.Listen(endpoint, options), wrap);

    private sealed class Listener(IMsgcListener inner, Func<IMsgcConnection, IMsgcConnection> wrap) : IMsgcListener
    {
        public MsgcEndpoint Endpoint => inner.Endpoint;

        public MsgcSocketOptions Options
        {
            get => inner.Options;
            set => inner.Options = value;
        }

        public void Start(Action<IMsgcConnection> accepted) => inner.Start(connection => accepted(wrap(connection)));

        public void Dispose() => inner.Dispose();
    }
}
