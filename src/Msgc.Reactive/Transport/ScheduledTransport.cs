using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace Msgc.Reactive.Transport;

/// <summary>
/// A transport whose callbacks all come on a scheduler: for each connection one at a time and in order, and nothing inline. It costs a
/// copy and a hop for each received block, so it is there only for users who bring a scheduler of their own to real sockets.
/// </summary>
internal sealed class ScheduledTransport(IMsgcTransport inner, IScheduler scheduler) : IMsgcTransport
{
    // A scheduler's long-running mode would spend a thread on each subscription that waits for its one connection.
    private readonly IScheduler _emissions = scheduler.DisableOptimizations(typeof(ISchedulerLongRunning));

    public IObservable<IMsgcConnection> Dial(MsgcEndpoint endpoint, MsgcSocketOptions options) =>
        inner.Dial(endpoint, options)
            .Select(connection => (IMsgcConnection)new ScheduledConnection(connection, scheduler))
            .ObserveOn(_emissions);

    public IMsgcListener Listen(MsgcEndpoint endpoint, MsgcSocketOptions options) => new Listener(inner.Listen(endpoint, options), scheduler);

    private sealed class Listener(IMsgcListener inner, IScheduler scheduler) : IMsgcListener
    {
        private readonly SerialQueue _queue = new(scheduler);

        public MsgcEndpoint Endpoint => inner.Endpoint;

        public MsgcSocketOptions Options
        {
            get => inner.Options;
            set => inner.Options = value;
        }

        public void Start(Action<IMsgcConnection> accepted) =>
            inner.Start(connection => _queue.Post(() => HandOver(new ScheduledConnection(connection, scheduler), accepted)));

        public void Dispose() => inner.Dispose();

        private static void HandOver(ScheduledConnection connection, Action<IMsgcConnection> accepted)
        {
            try
            {
                accepted(connection);
            }
            catch (Exception)
            {
                connection.Abort(MsgcCause.Transport); // as with sockets, one failed hand-over costs its connection and not the scheduler's thread
            }
        }
    }
}
