using System.Buffers;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Msgc.Reactive.Sessions;

/// <content>Stalls: how feeders are held, for how long, and what lets them go on.</content>
internal sealed partial class Outbox
{
    private readonly List<IFeeder> _stalled = [];
    private int _stall;
    private TimeSpan _stalledAt;
    private TimeSpan _expiresAt;
    private TimeSpan _timerAt = TimeSpan.MaxValue; // when the timer fires; never, while none is set
    private volatile bool _farPaused;

    /// <summary>The number of the stall that holds feeders now, from 1; 0 while none does.</summary>
    public int StallUnderWay => Current == Phase.Stalled ? Volatile.Read(ref _stall) : 0;

    /// <summary>The stalls so far.</summary>
    public int Stalls => Volatile.Read(ref _stall);

    /// <summary>How long the queue has not been down to a quarter since its last stall began; 0 while it holds nobody up.</summary>
    public TimeSpan HeldFor
    {
        get
        {
            lock (_gate) return Current is Phase.Stalled or Phase.Expired ? _settings.Clock() - _stalledAt : TimeSpan.Zero;
        }
    }

    /// <summary>
    /// Room is given out by <see cref="Used"/>, but a stall ends by what is queued alone: so a member that drains a quarter per
    /// StallTimeout always ends it in time, however large the batches are in which its connection takes. The run fits then, too.
    /// </summary>
    private bool IsAtQuarter(Load run)
    {
        var (limits, used) = (_settings.Limits, new Load(Volatile.Read(ref _used)));
        return new Load(used.Packed - Volatile.Read(ref _handed)).Fits(limits.Quarter) && Fits(used, run, limits.Half);
    }

    /// <summary>True when the queue takes the run: an empty one takes any, since what was packed under larger limits would else never fit.</summary>
    private static bool Fits(Load used, Load run, Load limit) => used == default || (used + run).Fits(limit);

    /// <summary>
    /// The peer has paused the reading of this link, or reads on: meanwhile the feeders are held, the stall does not expire, and the link is
    /// not called stuck. (contract, "§5")
    /// </summary>
    public void FarPaused(bool paused)
    {
        lock (_gate)
        {
            if (_farPaused == paused) return;
            _farPaused = paused;
            if (!paused && Current == Phase.Stalled) Arm();
        }
    }

    private void EndStallAtQuarter()
    {
        if (Current is Phase.Stalled or Phase.Expired && IsAtQuarter(_settings.Limits.Run)) Leave(Phase.Open, p => p is Phase.Stalled or Phase.Expired);
    }

    /// <summary>Begins a stall, or joins the one there is; false when there is no reason any more and the caller tries again.</summary>
    private bool Stall(IFeeder feeder, Load run)
    {
        lock (_gate)
        {
            if (Current == Phase.Closed || (Current == Phase.Expired && !_farPaused)) return false;
            if (Current is Phase.Open or Phase.Expired)
            {
                Interlocked.Exchange(ref _phase, (int)Phase.Stalled);
                // What left the queue just before saw no stall to end.
                if (IsAtQuarter(run))
                {
                    Volatile.Write(ref _phase, (int)Phase.Open);
                    return false;
                }
                _stalledAt = _settings.Clock();
                Arm();
            }
            if (!_stalled.Contains(feeder)) _stalled.Add(feeder);
            return true;
        }
    }

    /// <summary>
    /// Another stall begins, and expires in time. There may be thousands a second, and one timer is enough: when it fires for a stall that
    /// is over it is set for the one there is.
    /// </summary>
    private void Arm()
    {
        _stall++;
        _expiresAt = _settings.Clock() + _settings.StallTimeout();
        SetTimer();
    }

    private void SetTimer()
    {
        if (_timerAt <= _expiresAt) return;
        _timerAt = _expiresAt;
        _settings.Scheduler.Schedule((this, _timerAt), _expiresAt - _settings.Clock(), static (scheduler, timer) => timer.Item1.OnTimer(scheduler, timer._timerAt));
    }

    /// <summary>On the tick of the stall's end it steps back once, so that reaching the quarter on that tick wins.</summary>
    private IDisposable OnTimer(IScheduler scheduler, TimeSpan at)
    {
        int stall;
        lock (_gate)
        {
            if (_timerAt != at) return Disposable.Empty; // another one was to fire sooner
            _timerAt = TimeSpan.MaxValue;
            stall = StallUnderWay;
            if (stall == 0) return Disposable.Empty;
            if (_settings.Clock() < _expiresAt)
            {
                SetTimer();
                return Disposable.Empty;
            }
        }
        return scheduler.Schedule((this, stall), static (_, expired) =>
        {
            expired.Item1.Expire(expired.stall);
            return Disposable.Empty;
        });
    }

    private void Expire(int stall)
    {
        string? group = null;
        lock (_gate)
        {
            if (stall == _stall && _stalled.Count > 0) group = _stalled[0].Group;
        }
        if (Leave(Phase.Expired, phase => phase == Phase.Stalled && stall == _stall && !_farPaused)) _owner!.Slow(Used, group ?? "");
    }

    private bool Leave(Phase next, Func<Phase, bool> from)
    {
        IFeeder[] held; // rented: with several feeders there are thousands of stalls a second
        int count;
        lock (_gate)
        {
            if (Current == Phase.Closed || !from(Current)) return false;
            Interlocked.Exchange(ref _phase, (int)next);
            count = _stalled.Count;
            held = ArrayPool<IFeeder>.Shared.Rent(count);
            _stalled.CopyTo(held);
            _stalled.Clear();
        }
        foreach (var feeder in held.AsSpan(0, count)) feeder.Retry();
        ArrayPool<IFeeder>.Shared.Return(held, clearArray: true);
        return true;
    }
}
