using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;
using Msgc.Reactive.Testing;
using Msgc.Reactive.Transport;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>MessagesPerIteration: exact, to the frame, for what is sent, at a run's boundary for what is received. (contract, "§2")</summary>
public sealed class TurnTests
{
    [Fact]
    public void Two_busy_connections_are_served_20_and_20()
    {
        var scheduler = new VirtualScheduler();
        var turns = new Turns();
        using var a = new Busy("a", scheduler, turns, () => 20, messages: 50);
        using var b = new Busy("b", scheduler, turns, () => 20, messages: 70);
        a.Sender.Wake();
        b.Sender.Wake();
        scheduler.AdvanceBy(1);
        Assert.Equal(["a 20", "b 20", "a 20", "b 20", "a 10", "b 20", "b 10"], turns.Log);
        Assert.Equal((50, 70), (a.Sent, b.Sent));
        Assert.Equal((1, 1), (a.Sends, b.Sends)); // lazy flush: one send each, when the queue was empty
    }

    [Fact]
    public void A_turn_ends_inside_a_run_and_control_frames_do_not_count()
    {
        var scheduler = new VirtualScheduler();
        var turns = new Turns();
        using var a = new Busy("a", scheduler, turns, () => 20, messages: 45, run: 15, controls: 30);
        using var b = new Busy("b", scheduler, turns, () => 20, messages: 20);
        a.Sender.Wake();
        b.Sender.Wake();
        scheduler.AdvanceBy(1);
        Assert.Equal(["a 20", "b 20", "a 20", "a 5"], turns.Log);
        Assert.Equal(45, a.Sent);
    }

    [Fact]
    public void Changed_while_running_it_holds_from_the_next_turn()
    {
        var scheduler = new VirtualScheduler();
        var turns = new Turns();
        var perTurn = 20;
        using var a = new Busy("a", scheduler, turns, () => perTurn, messages: 60);
        using var b = new Busy("b", scheduler, turns, () => perTurn, messages: 60);
        turns.Taking = () => perTurn = turns.Log.Count >= 2 ? 7 : 20;
        a.Sender.Wake();
        b.Sender.Wake();
        scheduler.AdvanceBy(1);
        Assert.Equal(["a 20", "b 20", "a 7", "b 7", "a 7", "b 7"], turns.Log.Take(6));
        Assert.Equal((60, 60), (a.Sent, b.Sent));
    }

    [Fact]
    public void A_full_batch_goes_out_in_the_middle_of_a_turn_and_an_answer_that_comes_late_begins_the_next_one()
    {
        // 10 messages of 12 KiB: 8 fill a batch; the connection answers each send one tick later.
        var scheduler = new VirtualScheduler();
        var turns = new Turns();
        using var a = new Busy("a", scheduler, turns, () => 20, messages: 20, messageBytes: 12 * 1024) { AnswersLate = true };
        a.Sender.Wake();
        scheduler.AdvanceBy(10);
        Assert.Equal(3, a.Sends);
        Assert.Equal(20, a.Sent);
    }

    [Theory]
    [InlineData(1)] // with a batch half gathered
    [InlineData(4)] // with nothing left
    public void An_end_between_two_turns_gives_everything_back_once(int turn)
    {
        var scheduler = new VirtualScheduler();
        var turns = new Turns();
        using var a = new Busy("a", scheduler, turns, () => 20, messages: 50);
        var begun = 0;
        turns.Taking = () =>
        {
            if (begun++ == turn) a.Sender.Close();
        };
        a.Sender.Urgent(NoOp());
        scheduler.AdvanceBy(1);
        a.Sender.Urgent(NoOp());
        scheduler.AdvanceBy(1);
        a.Sender.Close();
        scheduler.AdvanceBy(1);
        Assert.Equal(0, a.Outstanding);
        Assert.Equal(1, a.Emptied);
        Assert.Equal(turn == 1 ? 0 : 50, a.Sent);
    }

    [Theory]
    [InlineData(20, 5000, new[] { 100, 100, 100, 100, 50, 50 })] // a run has up to 100 messages, and the turn ends with the first
    [InlineData(20, 240, new[] { 30, 30, 30, 30 })]              // 240 / 8
    [InlineData(31, 240, new[] { 60, 60, 60, 60 })]
    [InlineData(30, 240, new[] { 30, 30, 30, 30 })]
    public void An_inbound_turn_ends_at_the_first_run_boundary_at_or_after_it(int perTurn, int maxBacklog, int[] expected)
    {
        using var world = new World(server: o => o with { MessagesPerIteration = perTurn, MaxBacklog = maxBacklog });
        var member = world.Client("m");
        var seen = new List<ulong>();
        using var joined = member.Group("x").Subscribe(m => seen.Add(m.Sender.Value));
        world.Settle();
        var count = maxBacklog == 5000 ? 250 : 120;
        Flood(world, 1, count, "x");
        Flood(world, 2, count, "x");
        world.Settle();
        Assert.Equal(2 * count, seen.Count);
        Assert.Equal(expected, Lengths(seen).Take(expected.Length));
    }

    [Fact]
    public void With_runs_of_one_message_inbound_turns_are_exact_and_change_while_running()
    {
        using var world = new World();
        var observer = world.Client("m");
        var other = world.Client("o");
        var seen = new List<ulong>();
        using var x = observer.Group("x").Subscribe(m => seen.Add(m.Sender.Value));
        using var y = observer.Group("y").Subscribe(m => seen.Add(m.Sender.Value));
        using var z = other.Group("y").Subscribe(_ => { }); // x and y have different members, so a run ends with each message
        world.Settle();
        Flood(world, 1, 60, "x", "y");
        Flood(world, 2, 60, "x", "y");
        world.Settle();
        Assert.Equal([20, 20, 20, 20, 20, 20], Lengths(seen));
        seen.Clear();
        world.Server.Configure(world.Server.Options with { MessagesPerIteration = 7 });
        Flood(world, 3, 60, "x", "y");
        Flood(world, 4, 60, "x", "y");
        world.Settle();
        Assert.Equal([7, 7, 7, 7], Lengths(seen).Take(4));
    }

    /// <summary>A raw publisher whose messages arrive in one block.</summary>
    private static void Flood(World world, ulong client, int count, params string[] groups)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < count; i++) bytes.AddRange(Message(groups[i % groups.Length], 40, (ulong)i + 1, client));
        var wire = world.DialRaw(Hello(client: client), $"raw{client}");
        wire.Send([.. bytes]);
    }

    private static List<int> Lengths(List<ulong> senders)
    {
        var lengths = new List<int>();
        for (var i = 0; i < senders.Count; i++)
        {
            if (i == 0 || senders[i] != senders[i - 1]) lengths.Add(0);
            lengths[^1]++;
        }
        return lengths;
    }

    /// <summary>Who took how many messages in a turn.</summary>
    private sealed class Turns
    {
        private string? _last;

        public List<string> Log { get; } = [];

        public Action? Taking { get; set; }

        public void Begin() => _last = null;

        public void Took(string who, int messages)
        {
            if (messages == 0) return;
            if (_last == who) messages += int.Parse(Log[^1][2..], System.Globalization.CultureInfo.InvariantCulture);
            if (_last == who) Log.RemoveAt(Log.Count - 1);
            Log.Add($"{who} {messages}");
            _last = who;
        }
    }

    private sealed class Nobody : IOutboxOwner
    {
        public void Slow(Load used, string group) => Assert.Fail("Nothing is slow here.");

        public void Stuck(Load used, string group) => Assert.Fail("Nothing is stuck here.");
    }

    /// <summary>A sender with a queue that is full from the start, and a connection that swallows.</summary>
    private sealed class Busy : IRunSource, IMsgcConnection, IScheduler, IDisposable
    {
        private readonly string _name;
        private readonly VirtualScheduler _scheduler;
        private readonly Turns _turns;
        private readonly Outbox _outbox;
        private readonly BlockPool _pool = new();

        public Busy(string name, VirtualScheduler scheduler, Turns turns, Func<int> perTurn, int messages, int run = 1, int controls = 0, int messageBytes = 40)
        {
            (_name, _scheduler, _turns) = (name, scheduler, turns);
            _outbox = new Outbox(new OutboxSettings(scheduler)
            {
                LimitsInForce = () => new BacklogLimits(5000, 1 << 24), StallTimeout = () => Sec(1), Clock = () => TimeSpan.FromTicks(scheduler.Clock), Pool = _pool,
            });
            Sender = new Sender(this, this, new Dispatcher(this), perTurn, (_, _) => { }, () => Emptied++);
            _outbox.Attach(new Sender(this, new Nothing(), new Dispatcher(scheduler), perTurn, (_, _) => { }, () => { }), new Nobody()); // whoever queues wakes nobody
            for (var i = 0; i < controls; i++) _outbox.Control(NoOp());
            for (var i = 0; i < messages; i += run)
            {
                var bytes = Enumerable.Range(i + 1, run).SelectMany(n => Message("x", messageBytes, (ulong)n)).ToArray();
                var block = _pool.Rent(bytes.Length);
                bytes.CopyTo(block.Bytes, 0);
                _outbox.Enqueue(new Run(block, 0, bytes.Length, run));
                _outbox.Wake();
            }
        }

        public Sender Sender { get; }

        public bool AnswersLate { get; init; }

        public int Sends { get; private set; }

        public int Emptied { get; private set; }

        /// <summary>Blocks not given back.</summary>
        public int Outstanding => _pool.Outstanding;

        public int Sent { get; private set; }

        public string RemoteAddress => _name;

        public int MaxBatchMessages => int.MaxValue;

        public bool IsEmpty => _outbox.IsEmpty;

        public DateTimeOffset Now => _scheduler.Now;

        public bool TryTake(int maxMessages, out Run run)
        {
            if (!_outbox.TryTake(maxMessages, out run)) return false;
            _turns.Took(_name, run.Messages);
            return true;
        }

        void IRunSource.Sent(Load load)
        {
        }

        public void Handed(Load load) => Sent += load.Messages;

        public void Drop() => _outbox.Drop();

        public void Send(IList<ArraySegment<byte>> batch)
        {
            Sends++;
            if (AnswersLate) _scheduler.Schedule(Sec(0) + Tick, Sender.OnSent);
            else Sender.OnSent();
        }

        // Each scheduled action begins a turn.
        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => _scheduler.Schedule(state, (s, t) =>
        {
            _turns.Begin();
            _turns.Taking?.Invoke();
            return action(s, t);
        });

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) => throw new NotSupportedException();

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) => throw new NotSupportedException();

        public void Start(IMsgcConnectionHandler handler) => throw new NotSupportedException();

        public void Pause() => throw new NotSupportedException();

        public void Resume() => throw new NotSupportedException();

        public void Abort(MsgcCause cause) => throw new NotSupportedException();

        public void Dispose() => Drop();

        private sealed class Nothing : IRunSource
        {
            public bool IsEmpty => true;

            public bool TryTake(int maxMessages, out Run run)
            {
                run = default;
                return false;
            }

            public void Handed(Load load)
            {
            }

            public void Sent(Load load)
            {
            }

            public int MaxBatchMessages => int.MaxValue;

            public void Drop()
            {
            }
        }
    }
}
