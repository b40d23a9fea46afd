using System.Reactive.Linq;
using Msgc.Reactive.Transport;
using static Msgc.Reactive.Tests.Sessions.MoveRig;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>Ends that come in the middle of another step of the move, as they can on other threads. (contract, "§2" and "§6")</summary>
public sealed class MoveRaceTests
{
    [Fact]
    public void A_next_server_lost_while_the_old_one_is_let_go_is_lost_after_it_was_connected()
    {
        EndingTransport? ends = null;
        using var rig = new MoveRig("a b", o => o with { Transport = ends = new EndingTransport(o.Transport!) });
        rig.Drain();
        rig.Send(rig.OnB, Number(1));
        rig.Acknowledge(rig.OnB);
        ends!.Aborting = endpoint =>
        {
            if (endpoint == "a:4809") ends.End("b:4809");
        };
        rig.AcknowledgeFlush(rig.OnA);
        Assert.Equal(["Connecting", "Connected a", "Connected b", "Lost b Transport"], rig.States);
        Assert.Equal(["x gap ConnectionLost b"], rig.Seen); // and nothing of what nobody had taken
    }

    [Fact]
    public void A_next_server_lost_after_the_leave_ends_the_old_one_by_one_cause()
    {
        EndingTransport? ends = null;
        using var rig = new MoveRig("a b", o => o with { Transport = ends = new EndingTransport(o.Transport!) });
        rig.Drain();
        rig.Acknowledge(rig.OnB);
        var aborted = new List<string>();
        ends!.Aborting = aborted.Add;
        ends.End("b:4809");
        rig.World.Settle();
        Assert.Equal("Lost a Closed", rig.States[2]);
        Assert.Single(aborted, "a:4809");
    }

    /// <summary>Tells when a connection is aborted, and ends one by itself, there and then.</summary>
    private sealed class EndingTransport(IMsgcTransport inner) : IMsgcTransport
    {
        private readonly Dictionary<string, Connection> _latest = [];

        public Action<string>? Aborting { get; set; }

        public void End(string endpoint) => _latest[endpoint].OnEnded(MsgcCause.Transport, null);

        public IObservable<IMsgcConnection> Dial(MsgcEndpoint endpoint, MsgcSocketOptions options) =>
            inner.Dial(endpoint, options).Select(connection => _latest[endpoint.ToString()] = new Connection(connection, () => Aborting?.Invoke(endpoint.ToString())));

        public IMsgcListener Listen(MsgcEndpoint endpoint, MsgcSocketOptions options) => throw new NotSupportedException();

        private sealed class Connection(IMsgcConnection inner, Action aborting) : IMsgcConnection, IMsgcConnectionHandler
        {
            private IMsgcConnectionHandler? _handler;
            private bool _hasEnded;

            public string RemoteAddress => inner.RemoteAddress;

            public void Start(IMsgcConnectionHandler handler)
            {
                _handler = handler;
                inner.Start(this);
            }

            public void Pause() => inner.Pause();

            public void Resume() => inner.Resume();

            public void Send(IList<ArraySegment<byte>> batch) => inner.Send(batch);

            public void Abort(MsgcCause cause)
            {
                aborting();
                inner.Abort(cause);
            }

            public Memory<byte> GetBuffer() => _handler!.GetBuffer();

            public void OnReceived(int bytes)
            {
                if (!_hasEnded) _handler!.OnReceived(bytes);
            }

            public void OnSent()
            {
                if (!_hasEnded) _handler!.OnSent();
            }

            public void OnEnded(MsgcCause cause, Exception? error)
            {
                if (_hasEnded) return;
                _hasEnded = true;
                _handler!.OnEnded(cause, error);
            }
        }
    }
}
