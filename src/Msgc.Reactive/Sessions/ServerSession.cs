using System.Reactive.Linq;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Sessions;

/// <summary>A server's session with one client: its frames are routed in turns; its outbox feeds it.</summary>
internal sealed partial class ServerSession : Session, IFeeder, IThreadPoolWorkItem
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
    private bool _refused;
    private ulong _handled;
    private ulong _acknowledged;

    public ServerSession(IMsgcConnection connection, Dispatcher dispatcher, BlockPool pool, ISwitchboard switchboard, ServerSessionSettings settings)
        : this(connection, dispatcher, pool, switchboard, settings, new OutboxOf())
    {
    }

    private ServerSession(
        IMsgcConnection connection, Dispatcher dispatcher, BlockPool pool, ISwitchboard switchboard, ServerSessionSettings settings, OutboxOf outbox)
        : base(connection, dispatcher, pool, outbox.Make(dispatcher, pool, settings), settings.Rules)
    {
        _settings = settings;
        _switchboard = switchboard;
        _gatherer = new RunGatherer(switchboard);
        outbox.Owner = this;
        Outbox = outbox.Outbox!;
        Outbox.Attach(Sender);
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

    public string Group => _gatherer.LastGroup;

    /// <summary>What the client said of itself; set by the handshake.</summary>
    public HelloFrame Client { get; private set; } = null!;

    protected override int MaxFrameBytes => Client is null ? Frame.MaxHandshakeBytes : _settings.MaxFrameBytes;

    /// <summary>Cold: starts the connection and emits once the client's hello was taken.</summary>
    public IObservable<ServerSession> Handshake() => Observable.Create<ServerSession>(observer =>
    {
        var subscription = Received.Where(_ => Client is null && TryWelcome()).Select(_ => this).Subscribe(observer);
        Connection.Start(this);
        return subscription;
    });

    public override void Handle() => Execute();

    public override void NoOp()
    {
        var handled = Volatile.Read(ref _handled);
        if (Sender.TryNoOp(Frames.Number(FrameKind.NoOp, handled))) _acknowledged = handled;
    }

    /// <summary>Tells the client that this server is going; one that has not been welcomed yet will not be.</summary>
    public void Drain()
    {
        if (Client is null) Fail(MsgcCause.Draining, "The server is stopping.");
        else Sender.Urgent(Frames.Bare(FrameKind.Draining));
    }

    public void Retry()
    {
        if (Interlocked.Exchange(ref _retry, RetryCame) == RetryAwaited) Dispatcher.Post(this);
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
        Interlocked.Exchange(ref _turn, 0);
        if (_closed)
        {
            CleanUp();
            return;
        }
        switch (next)
        {
            case AfterTurn.Read:
                ResumeReading();
                break;
            case AfterTurn.Wait when Interlocked.CompareExchange(ref _retry, RetryAwaited, NoRetry) == NoRetry:
                break;
            default:
                Dispatcher.Post(this);
                break;
        }
    }

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
        Inbox.Clear();
        PartClosed();
    }

    /// <summary>Ends at the first run boundary at or after the turn's messages, or where a recipient has no room.</summary>
    private AfterTurn RunTurn()
    {
        var left = Rules.MessagesPerTurn();
        while (End is null)
        {
            Volatile.Write(ref _retry, NoRetry);
            if (left <= 0)
            {
                PauseReading();
                return AfterTurn.Again;
            }
            if (!TryRead(out var frame)) break;
            if (frame.Kind == FrameKind.Message ? !TryDeliver(frame, ref left) : !Outbox.TryAnswer(this))
            {
                PauseReading();
                return AfterTurn.Wait;
            }
            if (frame.Kind != FrameKind.Message && Check(frame)) HandleControl(frame);
        }
        return AfterTurn.Read;
    }

    /// <summary>
    /// Queues a run to all of its recipients, or to none: then one of them stalls us, and the run is gathered anew when it tells, since who
    /// is joined may have changed meanwhile.
    /// </summary>
    private bool TryDeliver(Frame frame, ref int left)
    {
        var limits = _settings.Limits();
        var run = _gatherer.Gather(Inbox, frame, Client.ClientId, limits.Run, MaxFrameBytes, out var recipients, out var wrong);
        if (run.Messages == 0)
        {
            Fail(MsgcCause.Protocol, $"Protocol error: {wrong}.");
            return true;
        }
        if (!TryReserve(recipients, run.Load)) return false;
        run.Block!.AddReferences(recipients.Length);
        foreach (var recipient in recipients)
        {
            if (IsDeafToUs(recipient)) run.Block.Release();
            else recipient.Outbox.Enqueue(run);
        }
        Inbox.Consume(run.Length);
        left -= run.Messages;
        Volatile.Write(ref _handled, _handled + (ulong)run.Messages);
        if (_handled - _acknowledged >= (ulong)Math.Max(1, limits.MaxBacklog / 4)) Acknowledge();
        return true;
    }

    /// <summary>True for ourselves when the client asked for no echo.</summary>
    private bool IsDeafToUs(ServerSession recipient) => recipient == this && Client.NoEcho;

    /// <summary>Reserves room at all recipients, or at none.</summary>
    private bool TryReserve(ServerSession[] recipients, Load load)
    {
        for (var i = 0; i < recipients.Length; i++)
        {
            if (IsDeafToUs(recipients[i]) || recipients[i].Outbox.TryReserve(load, this)) continue;
            for (var j = 0; j < i; j++)
            {
                if (!IsDeafToUs(recipients[j])) recipients[j].Outbox.Unreserve(load);
            }
            // The others' stalls begin now, too, so that several stuck recipients hold us once and not one after the other.
            for (var j = i + 1; j < recipients.Length; j++)
            {
                if (!IsDeafToUs(recipients[j]) && recipients[j].Outbox.TryReserve(load, this)) recipients[j].Outbox.Unreserve(load);
            }
            return false;
        }
        return true;
    }

    private void Acknowledge()
    {
        _acknowledged = _handled;
        Outbox.Control(Frames.Number(FrameKind.Handled, _handled));
    }

    private void HandleControl(Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.NoOp:
                break;
            case FrameKind.Join:
                _switchboard.Join(this, frame.Name);
                Outbox.Control(Frames.Named(FrameKind.JoinAck, frame.Name));
                break;
            case FrameKind.Leave:
                _switchboard.Leave(this, frame.Name);
                Outbox.Control(Frames.Named(FrameKind.LeaveAck, frame.Name));
                break;
            case FrameKind.Watch:
                _switchboard.Watch(this, frame.Name);
                break;
            case FrameKind.Unwatch:
                _switchboard.Unwatch(this, frame.Name);
                break;
            case FrameKind.Rejoined:
                _switchboard.Rejoined(this);
                break;
            case FrameKind.Flush:
                _acknowledged = _handled;
                Outbox.Control(Frames.FlushAck(Frames.NumberAt(frame, 0), _handled));
                break;
            default:
                if (!TryHandleShared(frame)) Unexpected(frame);
                break;
        }
        if (End is null) Inbox.Consume(frame.Bytes.Length);
    }

    /// <summary>Ties the knot between a session and the outbox that kills it.</summary>
    private sealed class OutboxOf
    {
        public ServerSession? Owner { get; set; }

        public Outbox? Outbox { get; private set; }

        public Outbox Make(Dispatcher dispatcher, BlockPool pool, ServerSessionSettings settings) => Outbox = new Outbox(
            new OutboxSettings(dispatcher.Scheduler, (used, group) => settings.Slow(Owner!, used, group), (used, group) =>
            {
                settings.Stuck(Owner!, used, group);
                Owner!.Fail(MsgcCause.Backlog, $"Stuck: {used.Messages} messages, {used.Bytes} bytes queued.");
            })
            {
                LimitsInForce = settings.Limits,
                StallTimeout = settings.StallTimeout,
                Pool = pool,
            });
    }
}
