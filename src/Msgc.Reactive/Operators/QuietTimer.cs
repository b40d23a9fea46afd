// activity   --x--x------------x----------------------------
// looks      ---------+---------+---------+---------+!            one outstanding item: + looks at the mark and waits for the rest
//                                         |interval |

using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Runtime.CompilerServices;

namespace Msgc.Reactive.Operators;

/// <summary>
/// The one timer under <c>KeepAlive</c>, <c>IdleTimeout</c> and <c>Within</c>: says when nothing happened for the interval. Activity only
/// sets a mark; the one outstanding scheduled item looks at the mark when it fires and waits for the rest. So activity costs one reading
/// of the clock and one interlocked write, and allocates nothing. Until <see cref="Interval"/> is set it waits for ever.
/// </summary>
internal sealed class QuietTimer : GridTimer, IDisposable
{
    // The word: time of the last activity in ticks of the clock, shifted left, above these flags. In one word, so that a timer that
    // decides to act does so on exactly the state it looked at.
    private const long Busy = 1;
    private const long Suspended = 2;
    private const long Ended = 4;
    private const long Flags = Busy | Suspended | Ended;
    private const int FlagBits = 3;

    // One for all timers of a scheduler: there may be three to a connection.
    private static readonly ConditionalWeakTable<IScheduler, Clock> Clocks = [];

    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(24); // what the system's timers can hold

    // In real time deadlines fall on a grid that all timers share, so that thousands of quiet connections wake the processor together and not
    // one by one. It is at most so wide, and at most this part of the interval.
    private static readonly TimeSpan WidestGrid = TimeSpan.FromMilliseconds(250);
    private const int GridPart = 20;

    private readonly IScheduler _scheduler;
    private readonly Clock _clock;
    private readonly Action _due;
    private readonly bool _repeats;
    private readonly Lock _gate = new(); // guards what follows; never taken by activity
    private IDisposable? _outstanding;
    private TimeSpan _interval = Timeout.InfiniteTimeSpan;
    private long _word;

    /// <param name="scheduler">The clock.</param>
    /// <param name="due">What to do after a quiet interval; called on the scheduler, never under a lock.</param>
    /// <param name="repeats">
    /// False: acts once and has ended, and lets activity on the very tick of the deadline win by queueing itself once more on that tick.
    /// True: acts again after each quiet interval, exactly on its tick, and each act counts as activity.
    /// </param>
    public QuietTimer(IScheduler scheduler, Action due, bool repeats)
    {
        _scheduler = scheduler;
        _due = due;
        _repeats = repeats;
        _clock = Clocks.GetValue(scheduler, static s => new Clock(s));
        _word = _clock.Elapsed.Ticks << FlagBits;
    }

    /// <summary>Positive, or <see cref="Timeout.InfiniteTimeSpan"/>. A change holds at once, counted from the last activity.</summary>
    public TimeSpan Interval
    {
        get
        {
            lock (_gate)
                return _interval;
        }

        set
        {
            ThrowUnlessValid(value, nameof(value));
            lock (_gate)
            {
                _interval = value;
                var word = Volatile.Read(ref _word);
                if ((word & Ended) == 0)
                    Arm(Rest(word));
            }
        }
    }

    /// <summary>The wait, longer by so much that it ends on the grid.</summary>
    public static TimeSpan OnGrid(TimeSpan wait, TimeSpan interval, TimeSpan now)
    {
        var grid = Math.Max(1, Math.Min(WidestGrid.Ticks, interval.Ticks / GridPart));
        var over = (now.Ticks + wait.Ticks) % grid;
        return over == 0 ? wait : wait + TimeSpan.FromTicks(grid - over);
    }

    /// <summary>Refuses what is neither positive nor infinite.</summary>
    public static void ThrowUnlessValid(TimeSpan interval, string name)
    {
        if (interval <= TimeSpan.Zero && interval != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(name, interval, "The time must be positive, or Timeout.InfiniteTimeSpan for never.");
    }

    /// <summary>Something happened now.</summary>
    public void Mark() => Update(set: 0, clear: 0, mark: true);

    /// <summary>A handler begins: until <see cref="Exit"/> the timer does not act. False when it has ended.</summary>
    public bool TryEnter() => (Update(set: Busy, clear: 0, mark: false) & Ended) == 0;

    /// <summary>The handler has returned, which is activity.</summary>
    public void Exit() => Update(set: 0, clear: Busy, mark: true);

    /// <summary>While suspended it does not act; when that ends the clock starts from zero.</summary>
    public void Suspend(bool suspended)
    {
        var was = (Volatile.Read(ref _word) & Suspended) != 0;
        if (was != suspended)
            Update(set: suspended ? Suspended : 0, clear: suspended ? 0 : Suspended, mark: was);
    }

    /// <summary>Ends it, so that it acts no more. False when it had ended already, or is busy and <paramref name="evenBusy"/> is false.</summary>
    public bool TryEnd(bool evenBusy = true)
    {
        var unless = evenBusy ? Ended : Ended | Busy;
        if ((Update(set: Ended, clear: 0, mark: false, unless) & unless) != 0)
            return false;
        lock (_gate)
            Cancel();
        return true;
    }

    public void Dispose() => TryEnd();

    /// <summary>Changes flags and mark in one step, unless it has ended (or what <paramref name="unless"/> says). Returns the word before.</summary>
    private long Update(long set, long clear, bool mark, long unless = Ended)
    {
        var now = mark ? _clock.Elapsed.Ticks << FlagBits : 0;
        var seen = Volatile.Read(ref _word);
        while ((seen & unless) == 0)
        {
            var next = ((mark ? now | (seen & Flags) : seen) & ~clear) | set;
            var found = Interlocked.CompareExchange(ref _word, next, seen);
            if (found == seen)
                break;
            seen = found;
        }

        return seen;
    }

    public override void Execute() => Fire(yielded: false);

    // Once too often is harmless: what is not due waits for the rest.
    private void Fire(bool yielded)
    {
        lock (_gate)
        {
            if (!TryClaim(yielded))
                return;
        }

        _due();
        if (_repeats)
            Exit();
    }

    /// <summary>Takes the right to act now, or arms for later. Called under the gate.</summary>
    private bool TryClaim(bool yielded)
    {
        while (true)
        {
            var word = Volatile.Read(ref _word);
            if ((word & Ended) != 0 || _interval == Timeout.InfiniteTimeSpan)
                return false;
            var rest = Rest(word);
            if (rest > TimeSpan.Zero || (rest == TimeSpan.Zero && !yielded && !_repeats))
            {
                Arm(rest, yielded: rest == TimeSpan.Zero);
                return false;
            }

            if (Interlocked.CompareExchange(ref _word, word | (_repeats ? Busy : Ended), word) != word)
                continue; // something happened just now: look again
            if (_repeats)
                Arm(_interval);
            return true;
        }
    }

    /// <summary>How long to wait. While busy or suspended a whole interval: activity is yet to come, so the deadline is no sooner.</summary>
    private TimeSpan Rest(long word) => _interval == Timeout.InfiniteTimeSpan || (word & (Busy | Suspended)) != 0
        ? _interval
        : TimeSpan.FromTicks(word >> FlagBits) - _clock.Elapsed + _interval;

    private void Arm(TimeSpan wait, bool yielded = false)
    {
        Cancel();
        if (_interval == Timeout.InfiniteTimeSpan)
            return;
        wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestWait ? LongestWait : wait;
        if (_scheduler is DefaultScheduler && wait > TimeSpan.Zero)
        {
            var now = _clock.Start + _clock.Elapsed;
            WaitOnGrid(_scheduler, now, OnGrid(wait, _interval, now));
            return;
        }
        _outstanding = _scheduler.Schedule((Timer: this, yielded), wait, static (_, item) =>
        {
            item.Timer.Fire(item.yielded);
            return Disposable.Empty;
        });
    }

    private void Cancel()
    {
        CancelOnGrid();
        _outstanding?.Dispose();
        _outstanding = null;
    }

    /// <summary>A stopwatch, and the time of day when it was started: by that the grids of several processes on a machine coincide.</summary>
    private sealed class Clock(IScheduler scheduler)
    {
        private readonly IStopwatch _stopwatch = scheduler.StartStopwatch();

        public TimeSpan Start { get; } = TimeSpan.FromTicks(scheduler.Now.UtcTicks);

        public TimeSpan Elapsed => _stopwatch.Elapsed;
    }
}
