using Msgc.Reactive.Framing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Sessions;

/// <summary>A server's session with a client, or with a peer, and then a link: its frames are routed in turns; its outbox feeds it.</summary>
internal sealed partial class ServerSession : Session, IFeeder, IOutboxOwner, IThreadPoolWorkItem
{
    private const int NoRetry = 0;
    private const int RetryAwaited = 1;
    private const int RetryCame = 2;

    private readonly ServerSessionSettings _settings;
    private readonly ISwitchboard _switchboard;
    private readonly RunGatherer _gatherer;
    private int _retry;
    private int _turn;
    private volatile bool _closed;
    private bool _toldPause;

    /// <summary>For an accepted connection.</summary>
    public ServerSession(IMsgcConnection connection, Dispatcher dispatcher, BlockPool pool, ISwitchboard switchboard, ServerSessionSettings settings)
        : this(connection, dispatcher, pool, switchboard, settings, new Outbox(settings.Outbox))
    {
    }

    /// <summary>For a connection to the peer of that name.</summary>
    public ServerSession(
        IMsgcConnection connection, Dispatcher dispatcher, BlockPool pool, ISwitchboard switchboard, ServerSessionSettings settings, string peer)
        : this(connection, dispatcher, pool, switchboard, settings) => _linking = new LinkHandshake(this, settings.Peering, peer);

    private ServerSession(
        IMsgcConnection connection, Dispatcher dispatcher, BlockPool pool, ISwitchboard switchboard, ServerSessionSettings settings, Outbox outbox)
        : base(connection, dispatcher, pool, outbox, settings.Rules)
    {
        _settings = settings;
        _switchboard = switchboard;
        _gatherer = new RunGatherer(switchboard);
        Outbox = outbox;
        Outbox.Attach(Sender, this);
    }

    private enum AfterTurn
    {
        /// <summary>All was handled: read on.</summary>
        Read,

        /// <summary>There is more: behind the others.</summary>
        Again,

        /// <summary>A recipient has no room: until it tells.</summary>
        Wait,
    }

    public Outbox Outbox { get; }

    /// <summary>When it was made, on the server's clock.</summary>
    public TimeSpan Since { get; init; }

    public string Group => _gatherer.LastGroup;

    /// <summary>Who is at the far end; set by the handshake.</summary>
    public FarEnd? FarEnd { get; private set; }

    /// <summary>What the client at the far end said of itself, once it is known to be one.</summary>
    public HelloFrame? Client => (FarEnd as ClientEnd)?.Hello;

    /// <summary>The peer at the far end, once it is known to be one.</summary>
    public PeerEnd? Peer => FarEnd as PeerEnd;

    protected override int MaxFrameBytes => FarEnd is null ? Frame.MaxHandshakeBytes : _settings.MaxFrameBytes;

    public override void Handle() => Execute();

    public override void NoOp()
    {
        var frame = FarEnd!.NoOp();
        if (Sender.TryNoOp(frame)) FarEnd.NoOpSent(frame);
    }

    /// <summary>Tells the far end, ahead of data, that this server is going; one that has not been welcomed yet will not be.</summary>
    public void Drain()
    {
        if (FarEnd is null) Fail(MsgcCause.Draining, "The server is stopping.");
        else Sender.Urgent(Frames.Bare(FrameKind.Draining));
    }

    public void Slow(Load used, string group) => _settings.Slow(this, used, group);

    public void Stuck(Load used, string group)
    {
        _settings.Stuck(this, used, group);
        Fail(MsgcCause.Backlog, $"Stuck: {used.Messages} messages, {used.Bytes} bytes queued.");
    }

    public void Retry()
    {
        if (Interlocked.Exchange(ref _retry, RetryCame) == RetryAwaited) Dispatcher.PostTurn(this);
    }

    /// <summary>One inbound turn, from a received block or posted. Only one at a time; the end's clean-up counts as one, and is the last.</summary>
    public void Execute()
    {
        if (Interlocked.Exchange(ref _turn, 1) != 0) return;
        var next = AfterTurn.Read;
        try
        {
            next = RunTurn();
        }
        catch (Exception error)
        {
            Ended(error);
        }
        var last = EndFeeding();
        Interlocked.Exchange(ref _turn, 0);
        last?.SendNow();
        if (_closed)
        {
            CleanUp();
            return;
        }
        switch (next)
        {
            case AfterTurn.Read:
                TellPause(false);
                ResumeReading();
                break;
            case AfterTurn.Wait when Interlocked.CompareExchange(ref _retry, RetryAwaited, NoRetry) == NoRetry:
                break;
            default:
                Dispatcher.PostTurn(this);
                break;
        }
    }

    protected override void ReadOn() => Dispatcher.PostTurn(this);

    protected override void SendInOrder(byte[] frame) => Outbox.Control(frame);

    protected override void OnClosed()
    {
        Outbox.Close();
        _closed = true;
        Interlocked.MemoryBarrier();
        CleanUp();
    }

    private void CleanUp()
    {
        if (Interlocked.Exchange(ref _turn, 1) != 0) return;
        CloseInbox();
    }

    /// <summary>Ends at the first run boundary at or after the turn's messages, unless nobody waits, or where a recipient has no room.</summary>
    private AfterTurn RunTurn()
    {
        var left = Rules.MessagesPerTurn();
        while (End is null)
        {
            Volatile.Write(ref _retry, NoRetry);
            if (left <= 0)
            {
                if (Dispatcher.OthersWait)
                {
                    PauseReading();
                    return AfterTurn.Again;
                }
                left = Rules.MessagesPerTurn();
            }
            if (!TryRead(out var frame)) break;
            if (frame.Kind == FrameKind.Message ? !TryDeliver(frame, ref left) : !MayAsk())
            {
                PauseReading();
                TellPause(true);
                return AfterTurn.Wait;
            }
            if (frame.Kind != FrameKind.Message && Check(frame)) HandleControl(frame);
        }
        return AfterTurn.Read;
    }

    /// <summary>
    /// False while too many answers wait for a client. Peers' questions are bounded by the groups there are, and are never held up: two
    /// servers that do not read each other for want of reading would wait for ever.
    /// </summary>
    private bool MayAsk() => FarEnd is PeerEnd || Outbox.TryAnswer(this);

    private void HandleControl(Frame frame)
    {
        if (!FarEnd!.TryHandle(frame) && !TryHandleShared(frame)) Unexpected(frame);
        if (End is null) Inbox.Consume(frame.Bytes.Length);
    }

    /// <summary>A peer is told when its link is not read for want of room, so that it does not take that for stuck. (contract, "§5")</summary>
    private void TellPause(bool paused)
    {
        if (_toldPause == paused || FarEnd is not PeerEnd) return;
        _toldPause = paused;
        Sender.Urgent(Frames.Bare(paused ? FrameKind.Paused : FrameKind.Resumed));
    }
}
