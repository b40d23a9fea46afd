using System.Reactive;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Operators;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Sessions;

/// <summary>
/// The protocol life of one connection, whichever side dialled: received blocks become frames, queued runs become sends. What it does
/// over time is said in <see cref="Lifecycle"/>.
/// </summary>
internal abstract class Session : IMsgcConnectionHandler
{
    /// <summary>After a receive this small a connection counts as quiet and gives its block back.</summary>
    private const int QuietBytes = 1024;

    private readonly Signal<Unit> _received = new();
    private readonly Signal<Unit> _sent = new();
    private readonly Signal<bool> _suspended = new();
    private readonly Setting<TimeSpan> _keepAlive;
    private MsgcConnectionException? _end;
    private volatile bool _paused;
    private bool _established;

    protected Session(IMsgcConnection connection, Dispatcher dispatcher, BlockPool? pool, IRunSource source, SessionTimes times)
    {
        Connection = connection;
        Dispatcher = dispatcher;
        Times = times;
        Inbox = new Inbox(pool);
        _keepAlive = new Setting<TimeSpan>(times.KeepAlive);
        Sender = new Sender(connection, source, dispatcher, times.MessagesPerTurn, () => _sent.Push(Unit.Default));
    }

    /// <summary>The connection is gone and touches nothing any more.</summary>
    public event Action? Closed;

    /// <summary>Received blocks; errors with the end's one cause.</summary>
    public IObservable<Unit> Received => _received;

    /// <summary>Sends, of whatever kind.</summary>
    public IObservable<Unit> Sent => _sent;

    /// <summary>True while we ourselves do not read.</summary>
    public IObservable<bool> Suspended => _suspended;

    /// <summary>The interval in force: the own one, or a third of the far end's idle timeout.</summary>
    public IObservable<TimeSpan> KeepAlive => _keepAlive;

    public IObservable<TimeSpan> IdleTimeout => Times.IdleTimeout;

    public string RemoteAddress => Connection.RemoteAddress;

    /// <summary>The end and its cause once there is one.</summary>
    public MsgcConnectionException? End => Volatile.Read(ref _end);

    protected IMsgcConnection Connection { get; }

    protected Dispatcher Dispatcher { get; }

    protected SessionTimes Times { get; }

    protected Inbox Inbox { get; }

    protected Sender Sender { get; }

    /// <summary>The largest frame that may come in.</summary>
    protected abstract int MaxFrameBytes { get; }

    /// <summary>Handles what was received.</summary>
    public abstract void Handle();

    /// <summary>Sends a no-op, ahead of data.</summary>
    public abstract void NoOp();

    /// <summary>Ends the session; the first cause stays.</summary>
    public void Fail(MsgcCause cause, string reason, Exception? error = null) => Ended(new MsgcConnectionException(cause, reason, error));

    /// <summary>The lifecycle's end arrives here: its cause becomes the connection's.</summary>
    public void Ended(Exception error)
    {
        var end = error as MsgcConnectionException ?? new MsgcConnectionException(MsgcCause.Transport, error.Message, error);
        if (Interlocked.CompareExchange(ref _end, end, null) is null) Connection.Abort(end.Cause);
    }

    public Memory<byte> GetBuffer() => Inbox.GetBuffer();

    public void OnReceived(int bytes)
    {
        Inbox.Commit(bytes);
        var handshake = !_established;
        _received.Push(Unit.Default);
        // The rest of the block that held the handshake goes to whoever has subscribed since.
        if (handshake && _established && !Inbox.IsEmpty) _received.Push(Unit.Default);
        if (bytes < QuietBytes && !_paused) Inbox.Rest();
    }

    public void OnSent() => Sender.OnSent();

    public void OnEnded(MsgcCause cause, Exception? error)
    {
        var end = new MsgcConnectionException(cause, Describe(cause, error), error);
        end = Interlocked.CompareExchange(ref _end, end, null) ?? end;
        Sender.Close();
        OnClosed(end);
        _received.Fail(end);
        Closed?.Invoke();
    }

    /// <summary>The connection is gone and touches nothing any more.</summary>
    protected abstract void OnClosed(MsgcConnectionException end);

    /// <summary>The handshake is done; the far end's idle timeout is known.</summary>
    protected void Establish(TimeSpan farIdleTimeout)
    {
        _established = true;
        Agree(farIdleTimeout);
    }

    /// <summary>Agrees on the keepalive interval that the far end's idle timeout asks for.</summary>
    protected void Agree(TimeSpan farIdleTimeout) =>
        _keepAlive.Set(farIdleTimeout == Timeout.InfiniteTimeSpan || farIdleTimeout / 3 > Times.KeepAlive ? Times.KeepAlive : farIdleTimeout / 3);

    /// <summary>Stops reading; called inside the inbound turn only.</summary>
    protected void PauseReading()
    {
        if (_paused) return;
        _paused = true;
        Connection.Pause();
        _suspended.Push(true);
    }

    /// <summary>Reads on; called inside the inbound turn only.</summary>
    protected void ResumeReading()
    {
        if (!_paused) return;
        _paused = false;
        _suspended.Push(false);
        Connection.Resume();
    }

    /// <summary>The next whole frame of the inbox; a wrong one ends the session.</summary>
    protected bool TryRead(out Frame frame)
    {
        frame = default;
        if (End is not null) return false;
        switch (Frame.TryRead(Inbox.Unread, MaxFrameBytes, out frame, out var reason))
        {
            case FrameStatus.Complete:
                return true;
            case FrameStatus.Invalid:
                Fail(MsgcCause.Protocol, $"Protocol error: {reason}.");
                return false;
            default:
                return false;
        }
    }

    /// <summary>True when the frame's shape is right; a wrong one ends the session.</summary>
    protected bool Check(Frame frame)
    {
        if (Frames.Check(frame) is not { } reason) return true;
        Fail(MsgcCause.Protocol, $"Protocol error: {reason}.");
        return false;
    }

    /// <summary>A frame that may not come here: skipped when it is an extension, the end when it is mandatory.</summary>
    protected void Unexpected(Frame frame)
    {
        if (frame.Kind >= FrameKind.FirstExtension) return;
        var name = Enum.IsDefined(frame.Kind) ? $"a {frame.Kind} frame out of place" : $"a frame of unknown mandatory type 0x{(int)frame.Kind:X2}";
        Fail(MsgcCause.Protocol, $"Protocol error: {name}.");
    }

    private static string Describe(MsgcCause cause, Exception? error) => cause switch
    {
        MsgcCause.Closed => "The far end closed the connection.",
        MsgcCause.Transport => $"The connection failed: {error?.Message ?? "no reason given"}",
        _ => $"The connection ended: {cause}.",
    };
}
