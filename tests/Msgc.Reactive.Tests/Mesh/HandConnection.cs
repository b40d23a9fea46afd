using System.Reactive.Linq;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Tests.Mesh;

/// <summary>
/// An accepted connection that does everything at once, on the stack of whoever asks: so that a test can have things happen in the midst of
/// others, as they do on real threads.
/// </summary>
internal sealed class HandConnection : IMsgcConnection
{
    private readonly Queue<byte[]> _unread = new();
    private IMsgcConnectionHandler? _handler;
    private bool _isPaused;
    private bool _isReading;
    private MsgcCause _cause;

    /// <summary>The frames that have come, in order.</summary>
    public List<byte[]> Heard { get; } = [];

    public string RemoteAddress => "hand";

    /// <summary>Called when the server ends it.</summary>
    public Action? Aborting { get; set; }

    public bool HasEnded { get; private set; }

    public IEnumerable<byte[]> Of(FrameKind kind) => Heard.Where(frame => frame[4] == (byte)kind);

    public void Say(params byte[][] frames)
    {
        foreach (var frame in frames) _unread.Enqueue(frame);
        Read();
    }

    public void Start(IMsgcConnectionHandler handler) => _handler = handler;

    public void Pause() => _isPaused = true;

    public void Resume()
    {
        _isPaused = false;
        Read();
    }

    public void Send(IList<ArraySegment<byte>> batch)
    {
        ReadOnlySpan<byte> rest = batch.SelectMany(segment => segment).ToArray();
        while (Frame.TryRead(rest, int.MaxValue, out var frame, out _) == FrameStatus.Complete)
        {
            Heard.Add(frame.Bytes.ToArray());
            rest = rest[frame.Bytes.Length..];
        }
        _handler!.OnSent();
    }

    public void Abort(MsgcCause cause)
    {
        if (HasEnded) return;
        HasEnded = true;
        _cause = cause;
        Aborting?.Invoke();
        if (!_isReading) _handler!.OnEnded(cause, null); // else behind what is in progress
    }

    private void Read()
    {
        if (_isReading || HasEnded) return;
        _isReading = true;
        while (!_isPaused && !HasEnded && _unread.TryDequeue(out var frame))
        {
            frame.CopyTo(_handler!.GetBuffer());
            _handler.OnReceived(frame.Length);
        }
        _isReading = false;
        if (HasEnded) _handler!.OnEnded(_cause, null);
    }

    /// <summary>A transport whose listener accepts what it is given, and whose dials are counted and never answered.</summary>
    internal sealed class Transport : IMsgcTransport, IMsgcListener
    {
        private Action<IMsgcConnection>? _accepted;

        public List<string> Dialled { get; } = [];

        public MsgcEndpoint Endpoint => MsgcEndpoint.Parse("hand:4809");

        public MsgcSocketOptions Options { get; set; } = new();

        public HandConnection Accept()
        {
            var connection = new HandConnection();
            _accepted!(connection);
            return connection;
        }

        public IObservable<IMsgcConnection> Dial(MsgcEndpoint endpoint, MsgcSocketOptions options) => Observable.Defer(() =>
        {
            Dialled.Add(endpoint.Host);
            return Observable.Never<IMsgcConnection>();
        });

        public IMsgcListener Listen(MsgcEndpoint endpoint, MsgcSocketOptions options) => this;

        public void Start(Action<IMsgcConnection> accepted) => _accepted = accepted;

        public void Dispose() => _accepted = null;
    }
}
