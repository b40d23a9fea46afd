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
    private readonly Setting<TimeSpan> _idleTimeout;
    private readonly Lock _agreement = new();
    private MsgcConnectionException? _end;
    private volatile bool _paused;
    private bool _begun;
    private int _parts = 2;
    private TimeSpan _farIdleTimeout = Timeout.InfiniteTimeSpan;
    private TimeSpan _announced;

    protected Session(IMsgcConnection connection, Dispatcher dispatcher, BlockPool pool, IRunSource source, SessionRules rules)
    {
        Connection = connection;
        Dispatcher = dispatcher;
        Rules = rules;
        Inbox = new Inbox(pool);
        _announced = rules.IdleTimeout();
        _idleTimeout = new Setting<TimeSpan>(_announced);
        _keepAlive = new Setting<TimeSpan>(rules.KeepAlive());
        Sender = new Sender(connection, source, dispatcher, rules.MessagesPerTurn, OnHanded, PartClosed);
    }

    /// <summary>The connection is gone, touches nothing any more, and all that was received or queued is given back.</summary>
    public event Action? Closed;

    /// <summary>Received blocks; errors with the end's one cause.</summary>
    public IObservable<Unit> Received => _received;

    /// <summary>Sends, of whatever kind.</summary>
    public IObservable<Unit> Sent => _sent;

    /// <summary>True while we ourselves do not read.</summary>
    public IObservable<bool> Suspended => _suspended;

    /// <summary>The interval in force: the own one, or a third of the far end's idle timeout.</summary>
    public IObservable<TimeSpan> KeepAlive => _keepAlive;

    /// <summary>The own idle timeout in force: a shorter one holds once the far end has acknowledged it.</summary>
    public IObservable<TimeSpan> IdleTimeout => _idleTimeout;

    /// <summary>What it has carried.</summary>
    public Traffic Traffic { get; } = new();

    public string RemoteAddress => Connection.RemoteAddress;

    /// <summary>The end and its cause once there is one.</summary>
    public MsgcConnectionException? End => Volatile.Read(ref _end);

    protected IMsgcConnection Connection { get; }

    protected Dispatcher Dispatcher { get; }

    protected SessionRules Rules { get; }

    protected Inbox Inbox { get; }

    protected Sender Sender { get; }

    /// <summary>True while we ourselves do not read.</summary>
    protected bool IsPaused => _paused;

    /// <summary>The largest frame that may come in.</summary>
    protected abstract int MaxFrameBytes { get; }

    /// <summary>Handles what was received.</summary>
    public abstract void Handle();

    /// <summary>Its life has begun: what has come behind the handshake is handled, and the reading goes on.</summary>
    public void Live()
    {
        _suspended.Push(true); // since the handshake, when nobody was there to hear it
        ReadOn();
    }

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

    /// <summary>As <see cref="Fail"/>, behind whatever lock is held now.</summary>
    public void FailLater(MsgcCause cause, string reason) => Dispatcher.Post(() => Fail(cause, reason));

    /// <summary>Settles the end's cause, unless there is one, and ends nothing yet: for under a lock, behind which <see cref="Abort"/> follows.</summary>
    public void Settle(MsgcCause cause, string reason) => Interlocked.CompareExchange(ref _end, new MsgcConnectionException(cause, reason), null);

    /// <summary>Ends the connection with the cause that is settled.</summary>
    public void Abort() => Connection.Abort(End!.Cause);

    public Memory<byte> GetBuffer() => Inbox.GetBuffer();

    public void OnReceived(int bytes)
    {
        Inbox.Commit(bytes);
        Traffic.Received(bytes);
        _received.Push(Unit.Default);
        if (bytes < QuietBytes && !_paused) Inbox.Rest();
    }

    public void OnSent() => Sender.OnSent();

    public void OnEnded(MsgcCause cause, Exception? error)
    {
        var end = new MsgcConnectionException(cause, Describe(cause, error), error);
        end = Interlocked.CompareExchange(ref _end, end, null) ?? end;
        Sender.Close();
        OnClosed();
        _received.Fail(end);
    }

    /// <summary>From now on what is sent in order reaches the far end. Options may have changed since the handshake was written.</summary>
    public void Begin()
    {
        lock (_agreement) _begun = true;
        Reconfigure();
    }

    /// <summary>Options have changed: agrees anew on what the far end has to know.</summary>
    public void Reconfigure()
    {
        lock (_agreement)
        {
            if (!_begun) return;
            var idle = Rules.IdleTimeout();
            if (idle != _announced)
            {
                _announced = idle;
                if (IsLonger(idle, _idleTimeout.Value)) _idleTimeout.Set(idle);
                SendInOrder(Frames.Number(FrameKind.IdleTimeout, Frames.Milliseconds(idle)));
            }
            Agree(_farIdleTimeout);
        }
    }

    private void PartClosed()
    {
        if (Interlocked.Decrement(ref _parts) == 0) Closed?.Invoke();
    }

    private void OnHanded(int messages, int bytes)
    {
        Traffic.Sent(messages, bytes);
        _sent.Push(Unit.Default);
    }

    /// <summary>Handles what has come, in a turn of its own, and reads on.</summary>
    protected abstract void ReadOn();

    /// <summary>The connection is gone and touches nothing any more; <see cref="CloseInbox"/> follows.</summary>
    protected abstract void OnClosed();

    /// <summary>Sends a control frame in the data's order.</summary>
    protected abstract void SendInOrder(byte[] frame);

    /// <summary>What was received is given back; once the outbound queue is, too, the session has closed.</summary>
    protected void CloseInbox()
    {
        Inbox.Clear();
        PartClosed();
    }

    /// <summary>Handles what both sides of a session hear alike: changed idle timeouts and their acknowledgements.</summary>
    protected bool TryHandleShared(Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.IdleTimeout:
                // We keep the far end alive accordingly from now on, and say so.
                lock (_agreement) Agree(Frames.Duration((uint)Frames.NumberAt(frame, 0)));
                SendInOrder(Frames.Number(FrameKind.IdleTimeoutAck, Frames.NumberAt(frame, 0)));
                return true;
            case FrameKind.IdleTimeoutAck:
                // The far end keeps us alive as we asked; the timeout holds, unless it has changed again.
                lock (_agreement)
                {
                    if (Frames.Milliseconds(_announced) == Frames.NumberAt(frame, 0)) _idleTimeout.Set(_announced);
                }
                return true;
            default:
                return false;
        }
    }

    /// <summary>The handshake is done; the far end's idle timeout is known.</summary>
    protected void Establish(TimeSpan farIdleTimeout)
    {
        lock (_agreement) Agree(farIdleTimeout);
        // Whoever dialled may take the session up on another thread: until its life has begun nothing more comes in.
        PauseReading();
    }

    private static bool IsLonger(TimeSpan a, TimeSpan b) => b != Timeout.InfiniteTimeSpan && (a == Timeout.InfiniteTimeSpan || a > b);

    /// <summary>The keepalive interval in force is the own one, or a third of the far end's idle timeout.</summary>
    private void Agree(TimeSpan farIdleTimeout)
    {
        _farIdleTimeout = farIdleTimeout;
        var own = Rules.KeepAlive();
        _keepAlive.Set(farIdleTimeout == Timeout.InfiniteTimeSpan || farIdleTimeout / 3 > own ? own : farIdleTimeout / 3);
    }

    /// <summary>Stops reading; called inside the inbound turn only.</summary>
    protected void PauseReading()
    {
        if (_paused) return;
        Connection.Pause();
        _suspended.Push(true);
        _paused = true; // last: who sees it may resume at once, on another thread
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
