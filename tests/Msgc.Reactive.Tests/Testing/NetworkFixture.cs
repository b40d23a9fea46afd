using System.Reactive.Concurrency;
using Msgc.Reactive.Testing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Tests.Testing;

/// <summary>Hosts a and b, a listener at b:1, and a way to connect. Latency 1,000 ticks, so a round trip is 2,000.</summary>
internal sealed class NetworkFixture
{
    public const long Latency = 1_000;
    public const long RoundTrip = 2 * Latency;

    public NetworkFixture(Clock clock, ulong seed = 0, bool listening = true)
    {
        Clock = clock;
        Scheduler = clock.Make();
        Network = new SimulatedNetwork(Scheduler, seed);
        if (listening)
        {
            Listener = Network.Host("b").Listen(MsgcEndpoint.Tcp("", 1), new MsgcSocketOptions());
            Listener.Start(Accepted.Add);
        }
    }

    public Clock Clock { get; }

    public VirtualTimeSchedulerBase<long, long> Scheduler { get; }

    public SimulatedNetwork Network { get; }

    public IMsgcListener? Listener { get; }

    public List<IMsgcConnection> Accepted { get; } = [];

    /// <summary>What an action scheduled for now costs: TestScheduler moves it to the next tick.</summary>
    public long Hop => Clock == Clock.TestScheduler ? 1 : 0;

    public Dialled Dial(string from = "a", string to = "b:1") => new(this, from, to);

    /// <summary>Connects at once, advancing a round trip, and starts both ends.</summary>
    public (Peer Near, Peer Far) Connect(int bufferSize = 1 << 20, bool startFar = true)
    {
        var dialled = Dial();
        Scheduler.AdvanceBy(RoundTrip);
        var near = new Peer(Scheduler, dialled.Connection!, bufferSize);
        var far = new Peer(Scheduler, Accepted[^1], bufferSize);
        near.Connection.Start(near);
        if (startFar) far.Connection.Start(far);
        return (near, far);
    }

    public static byte[] Bytes(int count, int first = 0)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++) bytes[i] = (byte)((first + i) * 31);
        return bytes;
    }

    /// <summary>One dial and what became of it.</summary>
    public sealed class Dialled
    {
        private readonly IDisposable _subscription;

        public Dialled(NetworkFixture fixture, string from, string to) =>
            _subscription = fixture.Network.Host(from).Dial(MsgcEndpoint.Parse(to), new MsgcSocketOptions()).Subscribe(
                connection => (Connection, Time) = (connection, fixture.Scheduler.Clock),
                error => (Error, Time) = (error, fixture.Scheduler.Clock),
                static () => Assert.Fail("A dial never completes."));

        public IMsgcConnection? Connection { get; private set; }

        public Exception? Error { get; private set; }

        public long? Time { get; private set; }

        public void Dispose() => _subscription.Dispose();
    }
}
