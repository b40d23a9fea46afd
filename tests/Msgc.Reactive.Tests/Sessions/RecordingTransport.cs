using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>Writes down what is dialled and listened on, with which options, and when.</summary>
internal sealed class RecordingTransport(IMsgcTransport inner, VirtualTimeSchedulerBase<long, long> scheduler) : IMsgcTransport
{
    public List<(long Time, string Endpoint, MsgcSocketOptions Options)> Dials { get; } = [];

    public List<(long Time, string Endpoint, MsgcSocketOptions Options)> Listens { get; } = [];

    public List<IMsgcListener> Listeners { get; } = [];

    public IObservable<IMsgcConnection> Dial(MsgcEndpoint endpoint, MsgcSocketOptions options) => Observable.Defer(() =>
    {
        Dials.Add((scheduler.Clock, endpoint.ToString(), options));
        return inner.Dial(endpoint, options);
    });

    public IMsgcListener Listen(MsgcEndpoint endpoint, MsgcSocketOptions options)
    {
        Listens.Add((scheduler.Clock, endpoint.ToString(), options));
        Listeners.Add(inner.Listen(endpoint, options));
        return Listeners[^1];
    }
}
