using System.Reactive;
using System.Reactive.Linq;
using System.Text;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Sessions;

/// <summary>A client's session with its server: what it receives goes to the client's turn; what it sends comes from the client's queue.</summary>
internal sealed class ClientSession : Session
{
    private readonly Turn _turn;
    private readonly PublishQueue _queue;
    private readonly HelloFrame _hello;
    private readonly Action _continue;
    private readonly List<ViewEntry> _entries = [];
    private readonly Signal<Unit> _leaving = new();
    private int _handled; // messages of the frame that the inbox begins with

    public ClientSession(
        IMsgcConnection connection, Dispatcher dispatcher, BlockPool pool, Turn turn, IClientSide side, PublishQueue queue, HelloFrame hello, SessionRules rules)
        : this(connection, dispatcher, pool, turn, side, queue, hello, rules, new PublishFeed(queue))
    {
    }

    private ClientSession(
        IMsgcConnection connection, Dispatcher dispatcher, BlockPool pool, Turn turn, IClientSide side, PublishQueue queue, HelloFrame hello, SessionRules rules,
        PublishFeed feed)
        : base(connection, dispatcher, pool, feed, rules)
    {
        _turn = turn;
        Side = side;
        _queue = queue;
        _hello = hello;
        _continue = Continue;
        Feed = feed;
        Feed.Sender = Sender;
    }

    public PublishFeed Feed { get; }

    /// <summary>Who handles what it receives; changed inside the turn, or before anything but the handshake is.</summary>
    public IClientSide Side { get; set; }

    /// <summary>The client's word that it looks for another server, while this session lives on.</summary>
    public IObservable<Unit> Leaving => _leaving;

    /// <summary>Where it was dialled.</summary>
    public required MsgcEndpoint Endpoint { get; init; }

    /// <summary>What the server said of itself; set by the handshake.</summary>
    public WelcomeFrame Server { get; private set; } = null!;

    protected override int MaxFrameBytes => Server?.MaxFrameBytes ?? Frame.MaxHandshakeBytes;

    /// <summary>Cold: starts the connection, says hello, and emits once the server has welcomed us; errors when it refuses.</summary>
    public IObservable<ClientSession> Handshake() => Observable.Create<ClientSession>(observer =>
    {
        var subscription = Received.Where(_ => Server is null && TryEstablish(observer)).Select(_ => this).Subscribe(observer);
        Connection.Start(this);
        Sender.Urgent(_hello.Write());
        return subscription;
    });

    public override void Handle()
    {
        if (_turn.TryEnter())
        {
            try
            {
                if (!Deliver()) PauseReading();
            }
            finally
            {
                _turn.Exit();
            }
        }
        else
        {
            PauseReading();
            _turn.Post(_continue);
        }
    }

    /// <summary>Makes the client look for another server.</summary>
    public void Leave() => _leaving.Push(Unit.Default);

    public override void NoOp() => Sender.TryNoOp(Frames.Number(FrameKind.NoOp, 0));

    /// <summary>Goes on with what was received, after the last observer that held it up has room again. Inside the turn.</summary>
    public void Continue()
    {
        Side.OnReleased();
        // While it is being read its inbox is the receiving thread's.
        if (IsPaused && Deliver()) ResumeReading();
    }

    /// <summary>The inbox is the turn's.</summary>
    protected override void OnClosed()
    {
        if (!_turn.TryEnter())
        {
            _turn.Post(CloseInbox);
            return;
        }
        CloseInbox();
        _turn.Exit();
    }

    protected override void ReadOn() => _turn.Post(_continue);

    protected override void SendInOrder(byte[] frame) => _queue.Control(Feed, frame);

    /// <summary>
    /// Handles what was received; false when an observer that holds the reading stopped it. The reading has to be paused then even if that
    /// one has room again by now: its release comes with <see cref="Continue"/>, which must not run beside the receiving thread.
    /// </summary>
    private bool Deliver()
    {
        Side.OnBlock();
        var messages = 0;
        try
        {
            return Deliver(ref messages);
        }
        finally
        {
            Traffic.Handled(messages);
        }
    }

    private bool Deliver(ref int messages)
    {
        while (true)
        {
            if (Side.IsHeld) return false;
            if (End is not null) return true;
            var unread = Inbox.Unread;
            var length = MessageFrame.LengthOfWhole(unread, MaxFrameBytes, out var packed);
            if (length > 0)
            {
                var handled = Side.OnMessages(this, unread[..length], _handled);
                messages += handled - _handled;
                _handled = handled;
                if (handled < packed) return End is not null;
                _handled = 0;
                Inbox.Consume(length);
                continue;
            }
            if (!TryRead(out var frame) || !Check(frame)) return true;
            HandleControl(frame);
            Inbox.Consume(frame.Bytes.Length);
        }
    }

    private void HandleControl(Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.NoOp or FrameKind.Handled:
                _queue.Acknowledge(Feed, Frames.NumberAt(frame, 0));
                break;
            case FrameKind.JoinAck:
                Side.OnJoined(this, frame.Name, isComplete: (frame.Flags & Frames.IncompleteJoin) == 0);
                break;
            case FrameKind.LeaveAck:
                Side.OnLeft(this, frame.Name);
                break;
            case FrameKind.FlushAck:
                _queue.Flushed(Feed, Frames.NumberAt(frame, 0), Frames.NumberAt(frame, 1));
                if (Frames.NumberAt(frame, 0) == FlushLedger.LastFlush) Side.OnDrained(this);
                break;
            case FrameKind.View:
                HandleView(frame);
                break;
            case FrameKind.Draining:
                Side.OnDraining(this);
                break;
            case FrameKind.LinkGap:
                Side.OnLinkGap(Encoding.UTF8.GetString(frame.Body));
                break;
            default:
                if (!TryHandleShared(frame)) Unexpected(frame);
                break;
        }
    }

    private void HandleView(Frame frame)
    {
        _entries.Clear();
        if (ViewFrame.Read(frame, (byte)MsgcViewCause.Shutdown, _entries) is { } reason)
        {
            Fail(MsgcCause.Protocol, $"Protocol error: {reason}.");
            return;
        }
        Side.OnView(
            ViewFrame.Name(frame), (frame.Flags & ViewFrame.First) != 0, (frame.Flags & ViewFrame.Last) != 0, (frame.Flags & ViewFrame.Snapshot) != 0,
            ViewFrame.ViewId(frame), (MsgcViewCause)ViewFrame.Cause(frame), _entries);
    }

    /// <summary>Looks for the server's answer to our hello; true once it is a welcome.</summary>
    private bool TryEstablish(IObserver<ClientSession> observer)
    {
        if (!TryRead(out var frame)) return false;
        if (frame.Kind == FrameKind.Refused && RefusedFrame.Read(frame) is { } refused)
        {
            Exception error = refused.Final
                ? new MsgcRefusedException($"The server at {RemoteAddress} refused this client: {refused.Reason}")
                : new MsgcConnectionException(MsgcCause.Refused, $"The server at {RemoteAddress} refused this client for now: {refused.Reason}");
            Fail(MsgcCause.Refused, error.Message);
            observer.OnError(error);
            return false;
        }
        string? reason = null;
        Server = (frame.Kind == FrameKind.Welcome ? WelcomeFrame.Read(frame, out reason) : null)!;
        if (Server is null)
        {
            Fail(MsgcCause.Protocol, $"Protocol error: {reason ?? "the first frame is no welcome"}.");
            return false;
        }
        Inbox.Consume(frame.Bytes.Length);
        Establish(Server.IdleTimeout);
        return true;
    }
}
