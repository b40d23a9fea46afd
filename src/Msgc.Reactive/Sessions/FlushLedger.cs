using System.Buffers.Binary;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>
/// What was handed, what the server says it has handled, and which flushes wait for that: so that what a lost connection may have cost is
/// told to the publisher. Inside its queue's gate, behind which the publishers are told. (contract, "§4")
/// </summary>
internal sealed class FlushLedger(Dispatcher dispatcher)
{
    /// <summary>The id of the flush behind everything that goes over a session; those that publishers wait for are numbered from 1.</summary>
    public const ulong LastFlush = 0;

    private readonly List<Flush> _pending = [];
    private ulong _handed;
    private ulong _acknowledged;
    private ulong _lastId;
    private long _unreported;

    public static bool IsFlush(ReadOnlySpan<byte> frame) => frame[4] == (byte)FrameKind.Flush;

    /// <summary>A flush of all that was published so far; its frame goes into the queue.</summary>
    public Completion<bool> Begin(out byte[] frame)
    {
        var flush = new Flush(++_lastId, new Completion<bool>(dispatcher), _unreported);
        _unreported = 0;
        _pending.Add(flush);
        frame = Frames.Number(FrameKind.Flush, flush.Id);
        return flush.Completion;
    }

    /// <summary>A run leaves the queue for the connection.</summary>
    public void Taken(Run run)
    {
        _handed += (ulong)run.Messages;
        if (run.Messages > 0 || !IsFlush(run.Bytes)) return;
        var id = BinaryPrimitives.ReadUInt64LittleEndian(run.Bytes[Frame.HeaderBytes..]);
        if (_pending.Find(f => f.Id == id) is { } flush) flush.SentAt = _handed;
    }

    public void Acknowledge(ulong handled) => _acknowledged = Math.Clamp(handled, _acknowledged, _handed);

    public void Flushed(ulong id, ulong handled, SpinGate.Scope inside)
    {
        Acknowledge(handled);
        var index = _pending.FindIndex(f => f.Id == id);
        if (index < 0) return;
        var flush = _pending[index];
        _pending.RemoveAt(index);
        if (flush.Lost > 0)
        {
            if (!TryFail(flush, new MsgcLostException(flush.Lost), inside)) _unreported += flush.Lost;
        }
        else if (flush.Completion.TryClaim())
        {
            inside.Later(() => flush.Completion.SetResult(true));
        }
    }

    /// <summary>
    /// The connection is lost. Flushes that cover messages handed but not acknowledged fail with their count; the others wait for the next
    /// session. Returns how many such messages there are.
    /// </summary>
    public long Lose(SpinGate.Scope inside)
    {
        var lost = (long)(_handed - _acknowledged);
        var reported = 0L;
        foreach (var flush in _pending)
        {
            var covered = flush.SentAt is { } at ? Math.Max(0, (long)at - (long)_acknowledged) : lost;
            flush.WasSent |= flush.SentAt is not null;
            flush.SentAt = null;
            if (covered > 0 && TryFail(flush, new MsgcLostException(flush.Lost + covered), inside)) reported = Math.Max(reported, covered);
            else if (flush.Completion.IsClaimed) _unreported += flush.Lost; // cancelled: it tells nobody
        }
        _pending.RemoveAll(f => f.Completion.IsClaimed);
        _unreported += lost - reported;
        _handed = _acknowledged = 0;
        return lost;
    }

    /// <summary>The frames of flushes that were sent on a lost connection and covered nothing that it lost.</summary>
    public IEnumerable<byte[]> ToResend()
    {
        foreach (var flush in _pending.Where(f => f.WasSent))
        {
            flush.WasSent = false;
            yield return Frames.Number(FrameKind.Flush, flush.Id);
        }
    }

    /// <summary>Fails whoever waits, for a reason that has nothing to do with losses: those are left for the next flush to tell.</summary>
    public void Fail(Exception error, SpinGate.Scope inside)
    {
        foreach (var flush in _pending)
        {
            TryFail(flush, error, inside);
            _unreported += flush.Lost;
        }
        _pending.Clear();
    }

    /// <summary>False for one that was cancelled.</summary>
    private static bool TryFail(Flush flush, Exception error, SpinGate.Scope inside)
    {
        if (!flush.Completion.TryClaim()) return false;
        inside.Later(() => flush.Completion.SetException(error));
        return true;
    }

    private sealed class Flush(ulong id, Completion<bool> completion, long lost)
    {
        public ulong Id => id;

        public Completion<bool> Completion => completion;

        /// <summary>Messages lost before this flush began, and not told to an earlier one.</summary>
        public long Lost => lost;

        /// <summary>How many messages were handed ahead of it in this session; null while it is queued.</summary>
        public ulong? SentAt { get; set; }

        /// <summary>It left the queue on a connection that was lost, so it has no place in the queue any more.</summary>
        public bool WasSent { get; set; }
    }
}
