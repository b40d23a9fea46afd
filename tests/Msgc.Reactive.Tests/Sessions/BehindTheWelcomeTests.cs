using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Testing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>
/// On real threads the server's first words may come before whoever dialled has taken the session up, which is then done on another
/// thread: here while the step that dials is still under way.
/// </summary>
public sealed class BehindTheWelcomeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_server_sends_behind_its_welcome_is_handled_though_nothing_follows(bool inOneBlock)
    {
        var scheduler = new VirtualScheduler();
        byte[] welcome = new WelcomeFrame(1 << 20, 1, TimeSpan.FromSeconds(30), "eager").Write(), word = Frames.Number(FrameKind.IdleTimeout, 7000);
        var server = new EagerServer(scheduler, inOneBlock ? [[.. welcome, .. word]] : [welcome, word]);
        using var client = new MsgcClient(new MsgcClientOptions { Servers = ["eager:4809"], Scheduler = scheduler, Transport = server });

        new Simulation(scheduler).AdvanceBy(TimeSpan.FromMilliseconds(10));

        Assert.Contains(FrameKind.IdleTimeoutAck, server.Heard);
    }

    /// <summary>A transport whose one server speaks as soon as it is connected to, on the stack of whoever dials.</summary>
    private sealed class EagerServer(IScheduler scheduler, byte[][] blocks) : IMsgcTransport, IMsgcConnection
    {
        private readonly Queue<byte[]> _unread = new(blocks);
        private IMsgcConnectionHandler? _handler;
        private bool _isPaused;

        /// <summary>The kinds of all frames that the client has sent.</summary>
        public List<FrameKind> Heard { get; } = [];

        public string RemoteAddress => "eager";

        public IObservable<IMsgcConnection> Dial(MsgcEndpoint endpoint, MsgcSocketOptions options) =>
            Observable.Never<IMsgcConnection>().StartWith(ImmediateScheduler.Instance, this);

        public IMsgcListener Listen(MsgcEndpoint endpoint, MsgcSocketOptions options) => throw new NotSupportedException();

        public void Start(IMsgcConnectionHandler handler)
        {
            _handler = handler;
            Read();
        }

        public void Pause() => _isPaused = true;

        public void Resume()
        {
            _isPaused = false;
            scheduler.Schedule(Read);
        }

        public void Send(IList<ArraySegment<byte>> batch)
        {
            ReadOnlySpan<byte> rest = batch.SelectMany(segment => segment).ToArray();
            while (Frame.TryRead(rest, int.MaxValue, out var frame, out _) == FrameStatus.Complete)
            {
                Heard.Add(frame.Kind);
                rest = rest[frame.Bytes.Length..];
            }
            _handler!.OnSent();
        }

        public void Abort(MsgcCause cause) => scheduler.Schedule(() => _handler!.OnEnded(cause, null));

        private void Read()
        {
            while (!_isPaused && _unread.TryDequeue(out var block))
            {
                block.CopyTo(_handler!.GetBuffer());
                _handler.OnReceived(block.Length);
            }
        }
    }
}
