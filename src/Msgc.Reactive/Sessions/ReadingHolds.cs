using System.Reactive.Concurrency;

namespace Msgc.Reactive.Sessions;

/// <summary>
/// Which of a client's observers wait with a full queue, so that its connection is not read. One that waits for longer than StallTimeout
/// fails the waits whose answers lie behind it. (contract, "§5")
/// </summary>
internal sealed class ReadingHolds(IScheduler scheduler, Func<TimeSpan> stallTimeout, Action<MsgcPausedException> stuck, Action released)
{
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<ReadingHold, string> _holders = [];
    private volatile bool _isHeld;
    private long _hold;
    private MsgcPausedException? _stuck;

    /// <summary>True while somebody waits.</summary>
    public bool IsHeld => _isHeld;

    /// <summary>The error for waits, once somebody has waited for too long.</summary>
    public MsgcPausedException? Stuck => Volatile.Read(ref _stuck);

    /// <summary>An observer's queue is full. Inside the client's turn.</summary>
    public void Hold(ReadingHold holder, string group)
    {
        long hold;
        lock (_gate)
        {
            if (holder.IsClosed) return;
            _holders[holder] = group;
            if (_isHeld) return;
            _isHeld = true;
            hold = ++_hold;
        }
        scheduler.Schedule((this, hold), stallTimeout(), static (_, state) =>
        {
            state.Item1.Expire(state.hold);
            return System.Reactive.Disposables.Disposable.Empty;
        });
    }

    /// <summary>It has room again. From any thread.</summary>
    public void Release(ReadingHold holder) => Release(holder, close: false);

    /// <summary>It is gone: what was still on its way to it holds nothing up any more. From any thread.</summary>
    public void Close(ReadingHold holder) => Release(holder, close: true);

    private void Release(ReadingHold holder, bool close)
    {
        lock (_gate)
        {
            holder.IsClosed |= close;
            if (!_holders.Remove(holder)) return;
            if (_holders.Count > 0)
            {
                if (_stuck is not null) Volatile.Write(ref _stuck, Longest());
                return;
            }
            _isHeld = false;
            Volatile.Write(ref _stuck, null);
        }
        released();
    }

    private void Expire(long hold)
    {
        MsgcPausedException error;
        lock (_gate)
        {
            if (!_isHeld || _hold != hold) return;
            Volatile.Write(ref _stuck, error = Longest());
        }
        stuck(error);
    }

    /// <summary>Names the group of the one that has waited longest of those that still do.</summary>
    private MsgcPausedException Longest() => new(_holders.GetAt(0).Value);
}

/// <summary>One observer's hold on its client's reading.</summary>
internal sealed class ReadingHold
{
    /// <summary>True once the observer is gone; under the holds' lock.</summary>
    public bool IsClosed { get; set; }
}
