using System.Reactive.Concurrency;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>
/// The production path on real threads, where virtual time does not look: several feeders, several outboxes that pause, resume and are
/// killed at random. Every message is accounted for, every block comes back. A million messages by default; with MSGC_STRESS_REPEATS set,
/// ten millions, so many times, each with another seed.
/// </summary>
public sealed class OutboxStressTests
{
    private const int Feeders = 4;
    private const int Outboxes = 6;

    private static readonly int? Repeats = int.TryParse(Environment.GetEnvironmentVariable("MSGC_STRESS_REPEATS"), out var repeats) ? repeats : null;
    private static readonly int MessagesPerFeeder = (Repeats is null ? 1_000_000 : 10_000_000) / Feeders;

    [Fact]
    public async Task Messages_through_pauses_resumes_and_kills_are_all_accounted_for()
    {
        for (var seed = 1; seed <= (Repeats ?? 1); seed++) await StressAsync(seed);
    }

    private static async Task StressAsync(int seed)
    {
        var pool = new BlockPool();
        var dispatcher = new Dispatcher(null);
        var outboxes = Enumerable.Range(0, Outboxes).Select(i => new Target(dispatcher, pool, new Random((seed * 100) + i), mayBeKilled: i % 2 == 1)).ToArray();
        var feeders = Enumerable.Range(0, Feeders).Select(i => new Feeder(dispatcher, pool, outboxes, new Random((seed * 1000) + i))).ToArray();
        foreach (var feeder in feeders) feeder.Retry();
        foreach (var feeder in feeders) await feeder.Done.Task.WaitAsync(TimeSpan.FromMinutes(2));
        foreach (var target in outboxes) await target.EndAsync().WaitAsync(TimeSpan.FromMinutes(2));

        var offered = feeders.Sum(f => (long)f.Offered);
        Assert.Equal((long)Feeders * MessagesPerFeeder, offered);
        foreach (var target in outboxes)
        {
            if (!target.WasKilled) Assert.True(target.Sent == offered, $"seed {seed}: {target.Sent} of {offered} were sent");
            Assert.True(target.Sent <= offered, $"seed {seed}: {target.Sent} were sent of {offered}");
            Assert.True(target.InOrder, $"seed {seed}: out of order");
        }
        Assert.True(pool.Outstanding == 0, $"seed {seed}: {pool.Outstanding} blocks are missing");
    }

    /// <summary>As a session does: keeps a run until all recipients have room, then queues it to all.</summary>
    private sealed class Feeder(Dispatcher dispatcher, BlockPool pool, Target[] targets, Random random) : IFeeder, IThreadPoolWorkItem
    {
        private int _wanted;
        private int _busy;
        private int _run;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Offered { get; private set; }

        public string Group => "x";

        public void Retry()
        {
            Interlocked.Increment(ref _wanted);
            if (Interlocked.Exchange(ref _busy, 1) == 0) dispatcher.Post(this);
        }

        public void Execute()
        {
            while (true)
            {
                var seen = Volatile.Read(ref _wanted);
                while (Offered < MessagesPerFeeder && TryFeed())
                {
                }
                if (Offered == MessagesPerFeeder)
                {
                    Done.TrySetResult();
                    return;
                }
                Interlocked.Exchange(ref _busy, 0);
                if (Volatile.Read(ref _wanted) == seen || Interlocked.Exchange(ref _busy, 1) != 0) return;
            }
        }

        private bool TryFeed()
        {
            if (_run == 0) _run = Math.Min(random.Next(1, 101), MessagesPerFeeder - Offered);
            var length = _run * MessageFrame.LengthOf(1, 1);
            var load = new Load(_run, length);
            for (var i = 0; i < targets.Length; i++)
            {
                if (targets[i].Outbox.TryReserve(load, this)) continue;
                for (var j = 0; j < i; j++) targets[j].Outbox.Unreserve(load);
                return false;
            }
            var block = pool.Rent();
            var at = 0;
            for (var i = 0; i < _run; i++) at += MessageFrame.Write(block.Bytes.AsSpan(at), (ulong)GetHashCode(), (ulong)++Offered, "x"u8, "y"u8);
            block.AddReferences(targets.Length);
            foreach (var target in targets)
            {
                target.Outbox.Enqueue(new Run(block, 0, length, _run));
                target.Outbox.Wake();
            }
            block.Release();
            _run = 0;
            return true;
        }
    }

    /// <summary>An outbox and its connection, which answers at once, later, or after a pause; some are killed on the way.</summary>
    private sealed class Target : IMsgcConnection, IOutboxOwner
    {
        private readonly Dispatcher _dispatcher;
        private readonly Random _random;
        private readonly Sender _sender;
        private readonly TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Dictionary<ulong, ulong> _last = [];
        private readonly int _killAfter;
        private int _batches;

        public Target(Dispatcher dispatcher, BlockPool pool, Random random, bool mayBeKilled)
        {
            _dispatcher = dispatcher;
            _random = random;
            _killAfter = mayBeKilled ? random.Next(100, 5000) : int.MaxValue;
            var limits = new BacklogLimits(5000, 16 * 1024 * 1024);
            var clock = DefaultScheduler.Instance.StartStopwatch();
            Outbox = new Outbox(new OutboxSettings(DefaultScheduler.Instance)
            {
                LimitsInForce = () => limits,
                StallTimeout = () => TimeSpan.FromMinutes(1),
                Clock = () => clock.Elapsed,
                Pool = pool,
            });
            _sender = new Sender(this, Outbox, dispatcher, () => 20, (_, _) => { }, _emptied.SetResult);
            Outbox.Attach(_sender, this);
        }

        public Outbox Outbox { get; }

        public long Sent { get; private set; }

        public bool InOrder { get; private set; } = true;

        public bool WasKilled { get; private set; }

        public string RemoteAddress => "test";

        public void Slow(Load used, string group)
        {
        }

        public void Stuck(Load used, string group) => WasKilled = true;

        public async Task EndAsync()
        {
            while (!WasKilled && Outbox.Used.Messages > 0) await Task.Yield();
            Outbox.Close();
            _sender.Close();
            await _emptied.Task;
        }

        public void Send(IList<ArraySegment<byte>> batch)
        {
            foreach (var segment in batch) Count(segment);
            if (++_batches == _killAfter)
            {
                WasKilled = true;
                Outbox.Close();
                _sender.Close();
                return;
            }
            var answer = _random.Next(100);
            if (answer < 80) _sender.OnSent();
            else if (answer < 99) _dispatcher.Post(_sender.OnSent);
            else DefaultScheduler.Instance.Schedule(TimeSpan.FromMilliseconds(_random.NextDouble()), _sender.OnSent);
        }

        public void Start(IMsgcConnectionHandler handler)
        {
        }

        public void Pause()
        {
        }

        public void Resume()
        {
        }

        public void Abort(MsgcCause cause)
        {
        }

        private void Count(ReadOnlySpan<byte> frames)
        {
            while (!frames.IsEmpty)
            {
                var messages = 1;
                var length = MessageFrame.LengthOfFirst(frames, ref messages);
                ulong sender = MessageFrame.Sender(frames), number = MessageFrame.Number(frames);
                InOrder &= number == _last.GetValueOrDefault(sender) + 1;
                _last[sender] = number;
                Sent++;
                frames = frames[length..];
            }
        }
    }
}
