using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Testing.Network;

/// <summary>The cold observable of a dial; each subscription makes an <see cref="Attempt"/>.</summary>
internal sealed class Dialling(SimulatedNetwork network, SimulatedHost from, MsgcEndpoint endpoint, MsgcSocketOptions options)
    : IObservable<IMsgcConnection>
{
    public IDisposable Subscribe(IObserver<IMsgcConnection> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var attempt = new Attempt(network, from, endpoint, options, observer);
        attempt.Begin();
        return attempt;
    }
}
