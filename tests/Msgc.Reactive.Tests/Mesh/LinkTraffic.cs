using System.Reactive.Linq;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Tests.Mesh;

/// <summary>Counts what servers say over their links, by wrapping their transports: a connection that begins with a peer's greeting is one.</summary>
internal sealed class LinkTraffic
{
    private readonly Dictionary<(string From, FrameKind Kind), int> _counts = [];

    /// <summary>Frames, of messages these themselves, sent over links since the last <see cref="Clear"/>, no-ops left out: "a Interest 1, b InterestAck 1".</summary>
    public string Shown => string.Join(", ", _counts
        .Where(c => c.Key.Kind != FrameKind.NoOp && c.Value > 0).OrderBy(c => c.Key).Select(c => $"{c.Key.From} {c.Key.Kind} {c.Value}"));

    public int Of(FrameKind kind, string? from = null) => _counts.Where(c => c.Key.Kind == kind && (from ?? c.Key.From) == c.Key.From).Sum(c => c.Value);

    public void Clear() => _counts.Clear();

    public IMsgcTransport Wrap(IMsgcTransport inner, string host) => new Transport(this, inner, host);

    private void Count(string from, Frame frame)
    {
        var count = frame.Kind == FrameKind.Message ? MessageFrame.Messages(frame.Bytes) : 1;
        _counts[(from, frame.Kind)] = _counts.GetValueOrDefault((from, frame.Kind)) + count;
    }

    private sealed class Transport(LinkTraffic traffic, IMsgcTransport inner, string host) : IMsgcTransport
    {
        public IObservable<IMsgcConnection> Dial(MsgcEndpoint endpoint, MsgcSocketOptions options) =>
            inner.Dial(endpoint, options).Select(connection => new Connection(traffic, connection, host));

        public IMsgcListener Listen(MsgcEndpoint endpoint, MsgcSocketOptions options) => new Listener(traffic, inner.Listen(endpoint, options), host);
    }

    private sealed class Listener(LinkTraffic traffic, IMsgcListener inner, string host) : IMsgcListener
    {
        public MsgcEndpoint Endpoint => inner.Endpoint;

        public MsgcSocketOptions Options
        {
            get => inner.Options;
            set => inner.Options = value;
        }

        public void Start(Action<IMsgcConnection> accepted) => inner.Start(connection => accepted(new Connection(traffic, connection, host)));

        public void Dispose() => inner.Dispose();
    }

    private sealed class Connection(LinkTraffic traffic, IMsgcConnection inner, string host) : IMsgcConnection
    {
        private readonly List<byte> _unread = [];
        private bool? _isLink;

        public string RemoteAddress => inner.RemoteAddress;

        public void Start(IMsgcConnectionHandler handler) => inner.Start(handler);

        public void Pause() => inner.Pause();

        public void Resume() => inner.Resume();

        public void Abort(MsgcCause cause) => inner.Abort(cause);

        public void Send(IList<ArraySegment<byte>> batch)
        {
            if (_isLink is not false)
            {
                foreach (var segment in batch) _unread.AddRange(segment);
                Count();
            }
            inner.Send(batch);
        }

        private void Count()
        {
            var bytes = _unread.ToArray().AsSpan();
            while (Frame.TryRead(bytes, int.MaxValue, out var frame, out _) == FrameStatus.Complete)
            {
                _isLink ??= frame.Kind is FrameKind.PeerHello or FrameKind.PeerWelcome;
                if (_isLink is true) traffic.Count(host, frame);
                bytes = bytes[frame.Bytes.Length..];
            }
            _unread.RemoveRange(0, _unread.Count - bytes.Length);
        }
    }
}
