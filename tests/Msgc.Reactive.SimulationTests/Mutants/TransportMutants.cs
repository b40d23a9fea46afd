using System.Reactive.Linq;
using Msgc.Reactive.Simulation;
using Msgc.Reactive.Simulation.Wire;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.SimulationTests.Mutants;

/// <summary>Servers that make two connections where one is asked for, and keep both.</summary>
internal sealed class DialsTwice : Mutation
{
    public override IMsgcTransport Transport(string host, IMsgcTransport transport, Run run) => host.StartsWith('s') ? new Twice(transport) : transport;

    private sealed class Twice(IMsgcTransport inner) : IMsgcTransport
    {
        public IObservable<IMsgcConnection> Dial(MsgcEndpoint endpoint, MsgcSocketOptions options) =>
            inner.Dial(endpoint, options).Merge(inner.Dial(endpoint, options).IgnoreElements());

        public IMsgcListener Listen(MsgcEndpoint endpoint, MsgcSocketOptions options) => inner.Listen(endpoint, options);
    }
}

/// <summary>Clients that reach nobody any more once the last fault is over.</summary>
internal sealed class NeverComesBack : Mutation
{
    public override IMsgcTransport Transport(string host, IMsgcTransport transport, Run run) => host.StartsWith('c') ? new Away(transport, run) : transport;

    private sealed class Away(IMsgcTransport inner, Run run) : IMsgcTransport
    {
        public IObservable<IMsgcConnection> Dial(MsgcEndpoint endpoint, MsgcSocketOptions options) => Observable.Defer(() =>
            run.Now >= run.Scenario.End ? Observable.Throw<IMsgcConnection>(new MsgcConnectionException(MsgcCause.Transport, "Away.")) : inner.Dial(endpoint, options));

        public IMsgcListener Listen(MsgcEndpoint endpoint, MsgcSocketOptions options) => inner.Listen(endpoint, options);
    }
}

/// <summary>In the end connections stay open.</summary>
internal sealed class KeepsConnections : Mutation
{
    public override IMsgcTransport Transport(string host, IMsgcTransport transport, Run run) => new WrappedTransport(transport, connection => new Kept(connection, run));

    private sealed class Kept(IMsgcConnection inner, Run run) : WrappedConnection(inner)
    {
        public override void Abort(MsgcCause cause)
        {
            if (!run.IsOver) base.Abort(cause);
        }
    }
}
