using System.Reactive.Disposables;
using System.Reactive.Linq;
using Msgc.Reactive.Benchmarks.Costs;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Benchmarks.Micro;

/// <summary>Harness: a client whose server is played in memory. It welcomes the client and acknowledges what it joins.</summary>
internal sealed class FarServer : IMsgcTransport
{
    private static readonly byte[] Welcome = new WelcomeFrame(1 << 20, 1, TimeSpan.FromSeconds(30), "far").Write();

    private readonly WireTraffic _traffic = new();
    private Wire? _wire;

    public FarServer()
    {
        var connecting = MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = ["memory:1"], Scheduler = Pump, Transport = this, Entropy = () => 1 });
        Pump.Run();
        Client = connecting.GetAwaiter().GetResult();
    }

    public Pump Pump { get; } = new();

    public MsgcClient Client { get; }

    /// <summary>The connection, from the server's side.</summary>
    public Wire Wire => _wire!;

    public IObservable<IMsgcConnection> Dial(MsgcEndpoint endpoint, MsgcSocketOptions options) =>
        Observable.Return(_wire = new Wire(Pump, _traffic) { Came = Answer });

    public IMsgcListener Listen(MsgcEndpoint endpoint, MsgcSocketOptions options) => throw new NotSupportedException("It is the server, and does not listen.");

    private void Answer(FrameKind kind, ReadOnlySpan<byte> frame)
    {
        if (kind == FrameKind.Hello) Later(Welcome);
        else if (kind == FrameKind.Join) Later(Frames.Named(FrameKind.JoinAck, new Frame(frame).Name));
    }

    private void Later(byte[] answer) => Pump.Schedule((Wire, answer), static (_, state) =>
    {
        state.Wire.Feed(state.answer);
        return Disposable.Empty;
    });
}
