using System.Reactive.Linq;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Sessions;

/// <summary>A server's session with one client: its frames are routed in turns; its outbox feeds it.</summary>
internal sealed class ServerSession : Session, IFeeder, IThreadPoolWorkItem
{
    private const int NoRetry = 0;
    private const int RetryAwaited = 1;
    private const int RetryCame = 2;

    private static readonly ServerSession[] Nobody = [];

    private readonly ServerSessionSettings _settings;
    private readonly ISwitchboard _switchboard;
    private byte[] _lastGroup = [];
    private IRoute? _lastRoute;
    private int _lastVersion = -1;
    private ServerSession[] _heldRecipients = Nobody;
    private Run _held;
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

    public string Group => System.Text.Encoding.UTF8.GetString(_lastGroup);

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
        _acknowledged = Volatile.Read(ref _handled);
        Sender.TryNoOp(Frames.Number(FrameKind.NoOp, _acknowledged));
    }

    /// <summary>Tells the client that this server is going; one that has not been welcomed yet will not be.</summary>
    public void Drain()
    {
        if (Client is null) Fail(MsgcCause.Draining, "The server is stopping.");
        else Outbox.Control(Frames.Bare(FrameKind.Draining));
    }

    public void Retry()
    {
        if (Interlocked.Exchange(ref _retry, RetryCame) == RetryAwaited) Dispatcher.Post(this);
    }

    /// <summary>One inbound turn, from a received block or posted. Only one at a time; the end's clean-up counts as one, and is the last.</summary>
    public void Execute()
    {
        if (Interlocked.Exchange(ref _turn, 1) != 0) return;
        var next = RunTurn();
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
            if (_held.Length > 0 && !TryDeliver())
            {
                PauseReading();
                return AfterTurn.Wait;
            }
            if (left <= 0)
            {
                PauseReading();
                return AfterTurn.Again;
            }
            if (!TryRead(out var frame)) break;
            if (frame.Kind == FrameKind.Message)
            {
                left -= GatherRun(frame);
            }
            else if (!Outbox.TryAnswer(this))
            {
                PauseReading();
                return AfterTurn.Wait;
            }
            else if (Check(frame)) HandleControl(frame);
        }
        return AfterTurn.Read;
    }

    /// <summary>
    /// Gathers consecutive messages with equal recipients from the inbox; returns how many. A wrong one ends the run before it, so that what
    /// is handled does not depend on how the bytes were cut, and ends the session when it is the first: then 0.
    /// </summary>
    private int GatherRun(Frame frame)
    {
        var limit = _settings.Limits().Run;
        var messages = 0;
        var length = 0;
        var recipients = Nobody;
        var unread = Inbox.Unread;
        while (true)
        {
            if (Check(frame.Bytes, out var next) is { } wrong)
            {
                if (messages == 0) Fail(MsgcCause.Protocol, $"Protocol error: {wrong}.");
                break;
            }
            if (messages == 0) recipients = next;
            else if (next != recipients || length + frame.Bytes.Length > limit.Bytes) break;
            messages++;
            length += frame.Bytes.Length;
            if (messages >= limit.Messages || Frame.TryRead(unread[length..], MaxFrameBytes, out frame, out _) != FrameStatus.Complete
                || frame.Kind != FrameKind.Message) break;
        }
        if (messages == 0) return 0;
        _heldRecipients = recipients;
        _held = new Run(Inbox.Block, Inbox.Start, length, messages);
        return messages;
    }

    /// <summary>What is wrong with a message, or null and its recipients.</summary>
    private string? Check(ReadOnlySpan<byte> frame, out ServerSession[] recipients)
    {
        recipients = Nobody;
        if (MessageFrame.Check(frame) is { } reason) return reason;
        if (MessageFrame.Sender(frame) != Client.ClientId) return "a message with a sender id that is not the client's own";
        var group = MessageFrame.Name(frame);
        var version = _switchboard.Version;
        if (version != _lastVersion || !group.SequenceEqual(_lastGroup))
        {
            var route = _switchboard.Find(group);
            // A group that somebody has joined has a valid name; others are looked at here.
            if (route is null && !GroupName.IsValid(group)) return "a message whose group is no valid name";
            _lastRoute = route;
            if (!group.SequenceEqual(_lastGroup)) _lastGroup = group.ToArray();
            _lastVersion = version;
        }
        recipients = _lastRoute?.Recipients ?? Nobody;
        return null;
    }

    /// <summary>Queues the held run to all of its recipients, or to none: then one of them stalls us.</summary>
    private bool TryDeliver()
    {
        var recipients = _heldRecipients;
        var load = _held.Load;
        for (var i = 0; i < recipients.Length; i++)
        {
            if (recipients[i].Outbox.TryReserve(load, this)) continue;
            for (var j = 0; j < i; j++) recipients[j].Outbox.Unreserve(load);
            // The others' stalls begin now, too, so that several stuck recipients hold us once and not one after the other.
            for (var j = i + 1; j < recipients.Length; j++)
            {
                if (recipients[j].Outbox.TryReserve(load, this)) recipients[j].Outbox.Unreserve(load);
            }
            return false;
        }
        _held.Block!.AddReferences(recipients.Length);
        foreach (var recipient in recipients)
        {
            if (recipient == this && Client.NoEcho)
            {
                Outbox.Unreserve(load);
                _held.Block.Release();
            }
            else
            {
                recipient.Outbox.Enqueue(_held);
            }
        }
        Inbox.Consume(_held.Length);
        Volatile.Write(ref _handled, _handled + (ulong)_held.Messages);
        _held = default;
        if (_handled - _acknowledged >= (ulong)Math.Max(1, _settings.Limits().MaxBacklog / 4)) Acknowledge();
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
            case FrameKind.IdleTimeout:
                OnIdleTimeout(frame);
                break;
            case FrameKind.IdleTimeoutAck:
                OnIdleTimeoutAck(frame);
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
                Unexpected(frame);
                break;
        }
        if (End is null) Inbox.Consume(frame.Bytes.Length);
    }

    /// <summary>Looks for the client's hello; true once it was taken and welcomed.</summary>
    private bool TryWelcome()
    {
        if (_refused) Inbox.Consume(Inbox.Unread.Length);
        if (_refused || !TryRead(out var frame)) return false;
        if (!HelloFrame.TryReadVersions(frame, out var lowest, out var highest))
        {
            Fail(MsgcCause.Protocol, "Protocol error: the first frame is no hello.");
            return false;
        }
        if (lowest > HelloFrame.Version || highest < HelloFrame.Version)
        {
            Refuse($"The client speaks protocol versions {lowest} to {highest}, this server {HelloFrame.Version}.", final: true);
            return false;
        }
        var hello = HelloFrame.Read(frame, out var reason);
        if (hello is null)
        {
            Fail(MsgcCause.Protocol, $"Protocol error: {reason}.");
            return false;
        }
        if (_settings.Authorize(hello) is { } refusal)
        {
            Refuse(refusal, final: true);
            return false;
        }
        Client = hello;
        Inbox.Consume(frame.Bytes.Length);
        Sender.Urgent(_settings.Welcome().Write());
        Establish(hello.IdleTimeout);
        Begin();
        return true;
    }

    /// <summary>Says no; the far end closes, or the connect timeout does.</summary>
    private void Refuse(string reason, bool final)
    {
        _settings.Refused(this, reason);
        Sender.Urgent(new RefusedFrame(reason, final).Write());
        _refused = true;
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
