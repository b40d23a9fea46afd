using System.Threading.Channels;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>
/// A server's outbound queue for one connection: a Channel of runs, bounded by reservations that count messages and bytes. Overflow rule:
/// at half of a limit the feeders are stalled, until a quarter or for StallTimeout; after that the queue takes what comes up to the limits,
/// and a run that does not fit kills the connection. (contract, "§5")
/// </summary>
internal sealed partial class Outbox : IRunSource
{
    /// <summary>Runs smaller than this part of their block do not keep it alive in a queue that lags, but for so many.</summary>
    private const int SmallPart = 8, FewRuns = 32;

    /// <summary>Control frames that wait, from which on their asker waits, too.</summary>
    private const int MaxAnswers = 1024;

    private readonly Lock _gate = new();
    private readonly OutboxSettings _settings;
    private Channel<Run>? _runs; // made for the first run: idle connections, of which there are many, have none
    private long _used;
    private long _handed;
    private int _phase;
    private int _queued;
    private int _controls;
    private IFeeder? _asking;
    private Run _current;
    private Sender? _sender;
    private IOutboxOwner? _owner;
    private QueueAge? _age; // made by the first look at a queue that holds something
    private long _left;

    public Outbox(OutboxSettings settings) => _settings = settings;

    private enum Phase
    {
        /// <summary>Takes runs up to half, then stalls.</summary>
        Open,

        /// <summary>Takes nothing; feeders wait.</summary>
        Stalled,

        /// <summary>The stall expired: takes runs up to the limits, then kills.</summary>
        Expired,

        /// <summary>Takes and discards everything.</summary>
        Closed,
    }

    /// <summary>What is queued, and what the connection has been handed but not yet taken.</summary>
    public Load Used => new(Volatile.Read(ref _used));

    /// <summary>How long the oldest message has waited, as far as earlier calls can tell; see <see cref="QueueAge"/>.</summary>
    public TimeSpan Age
    {
        get
        {
            if (_age is null && Used.Messages == 0) return TimeSpan.Zero;
            return LazyInitializer.EnsureInitialized(ref _age).Look(Volatile.Read(ref _left), Used.Messages, _settings.Clock());
        }
    }

    public BacklogLimits Limits => _settings.Limits;

    public int MaxBatchMessages => _settings.Limits.BatchMessages;

    /// <summary>Counted, since looking into the channel is its one reader's alone.</summary>
    public bool IsEmpty => Volatile.Read(ref _queued) <= 0 && _current.Length == 0 && _current.Late is null;

    /// <summary>True when so many control frames wait that the far end cannot be reading any more.</summary>
    public bool IsFlooded => Volatile.Read(ref _controls) > 8 * MaxAnswers;

    private Phase Current => (Phase)Volatile.Read(ref _phase);

    public void Attach(Sender sender, IOutboxOwner owner) => (_sender, _owner) = (sender, owner);

    /// <summary>
    /// Reserves room for a run; false when the feeder has to wait and will be told to retry. A closed queue, and one just killed, grants
    /// everything and discards it.
    /// </summary>
    public bool TryReserve(Load load, IFeeder feeder)
    {
        while (true)
        {
            var phase = Current;
            if (phase == Phase.Closed) return true;
            if (phase != Phase.Stalled)
            {
                var used = new Load(Interlocked.Add(ref _used, load.Packed)) - load;
                if (Fits(used, load, phase == Phase.Open ? _settings.Limits.Half : _settings.Limits.Full)) return true;
                Unreserve(load);
                if (phase == Phase.Expired && !_farPaused)
                {
                    if (Close()) _owner!.Stuck(Used, feeder.Group);
                    return true;
                }
            }
            if (Stall(feeder, load)) return false;
        }
    }

    /// <summary>Reserves room for a run of our own, without waiting and stalling nobody: false when there is none now.</summary>
    public bool TryReserve(Load load)
    {
        var phase = Current;
        if (phase is Phase.Closed or Phase.Stalled) return phase == Phase.Closed;
        if (new Load(Interlocked.Add(ref _used, load.Packed)).Fits(_settings.Limits.Half)) return true;
        Unreserve(load);
        return false;
    }

    /// <summary>Gives back a reservation that was not used, since another recipient of the run had no room.</summary>
    public void Unreserve(Load load)
    {
        Interlocked.Add(ref _used, -load.Packed);
        EndStallAtQuarter();
    }

    /// <summary>
    /// Queues a run whose room is reserved; the queue owns one reference of its block. A lagging recipient of small runs gets a copy.
    /// <see cref="Wake"/> follows, once for many runs.
    /// </summary>
    public void Enqueue(Run run)
    {
        if (IsKeptForLittle(run))
        {
            var copy = _settings.Pool.Copy(run.Bytes);
            run.Block!.Release();
            run = run with { Block = copy, Start = 0 };
        }
        Queue(run);
    }

    /// <summary>What is queued is sent, or given back when this is closed.</summary>
    public void Wake()
    {
        if (Current == Phase.Closed) _sender!.Sweep();
        else _sender!.Wake();
    }

    /// <summary>As <see cref="Wake"/>, where no lock is held: at once, on the caller's stack.</summary>
    public void SendNow()
    {
        if (Current == Phase.Closed) _sender!.Sweep();
        else _sender!.SendNow();
    }

    /// <summary>Queues a control frame in the data's order, outside the limits.</summary>
    public void Control(byte[] frame)
    {
        Interlocked.Increment(ref _controls);
        Keep(frame);
    }

    /// <summary>An answer is owed, and counts from now on as one that waits; <see cref="Keep"/> follows.</summary>
    public void Promise() => Interlocked.Increment(ref _controls);

    /// <summary>What was promised is not owed any more.</summary>
    public void Forgo() => Answered();

    /// <summary>Queues the answer that was promised.</summary>
    public void Keep(byte[] frame)
    {
        Queue(Run.Control(frame));
        Wake();
    }

    /// <summary>As <see cref="Control(byte[])"/>, with a frame that its owner uses again once it is not shared any more.</summary>
    public void Control(Block frame)
    {
        Interlocked.Increment(ref _controls);
        frame.AddReferences();
        Queue(new Run(frame, 0, frame.Bytes.Length, 0));
        Wake();
    }

    /// <summary>Queues frames that are written when their turn comes.</summary>
    public void Control(ILateFrames late)
    {
        Interlocked.Increment(ref _controls);
        Queue(new Run(null, 0, 0, 0, late));
        Wake();
    }

    /// <summary>
    /// False while too many answers wait for a client that asks without reading: its questions then wait, too, and the feeder, which is
    /// the client's own session, is told when half of the answers are gone.
    /// </summary>
    public bool TryAnswer(IFeeder feeder)
    {
        if (Volatile.Read(ref _controls) < MaxAnswers || Current == Phase.Closed) return true;
        Volatile.Write(ref _asking, feeder);
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _controls) <= MaxAnswers / 2;
    }

    public bool TryTake(int maxMessages, out Run run)
    {
        while (_current.Length > 0 || _current.Late is not null || TryRead())
        {
            if (_current.Late is { } late)
            {
                if (late.Next() is { } frame)
                {
                    run = Run.Control(frame);
                    return true;
                }
                _current = default;
                Answered();
                continue;
            }
            run = _current.Cut(maxMessages, out _current);
            if (run.Messages == 0) Answered();
            return true;
        }
        run = default;
        return false;
    }

    public void Handed(Load load)
    {
        Interlocked.Add(ref _handed, load.Packed);
        EndStallAtQuarter();
    }

    public void Sent(Load load)
    {
        Interlocked.Add(ref _handed, -load.Packed);
        Interlocked.Add(ref _used, -load.Packed);
        Volatile.Write(ref _left, _left + load.Messages);
        EndStallAtQuarter();
    }

    public void Drop()
    {
        while (TryTake(int.MaxValue, out var run)) run.Block!.Release();
    }

    /// <summary>From now on everything is granted and discarded; whoever waits goes on. False when it was so already.</summary>
    public bool Close()
    {
        var closed = Leave(Phase.Closed, _ => true);
        Interlocked.Exchange(ref _asking, null)?.Retry();
        return closed;
    }

    // At full flow runs are long and few, and sharing them takes half of the work away; what lags behind a trickle has many.
    private bool IsKeptForLittle(Run run)
    {
        var (used, smallPart) = (Used, run.Block!.Bytes.Length / SmallPart);
        return run.Length < smallPart && !used.Fits(_settings.Limits.Quarter) && Volatile.Read(ref _queued) > FewRuns + (used.Bytes / smallPart);
    }

    private void Queue(Run run)
    {
        Runs().Writer.TryWrite(run);
        Interlocked.Increment(ref _queued); // after the write: who finds it counted finds it
    }

    private Channel<Run> Runs()
    {
        if (Volatile.Read(ref _runs) is { } runs) return runs;
        var made = Channel.CreateUnbounded<Run>(new UnboundedChannelOptions { SingleReader = true });
        return Interlocked.CompareExchange(ref _runs, made, null) ?? made;
    }

    private bool TryRead()
    {
        if (Volatile.Read(ref _runs) is not { } runs || !runs.Reader.TryRead(out _current)) return false;
        Interlocked.Decrement(ref _queued);
        return true;
    }

    private void Answered()
    {
        if (Interlocked.Decrement(ref _controls) == MaxAnswers / 2) Interlocked.Exchange(ref _asking, null)?.Retry();
    }
}
