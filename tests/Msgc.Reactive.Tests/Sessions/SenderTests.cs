using System.Collections.Concurrent;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>How senders share the scheduler. (contract, "§2", MessagesPerIteration)</summary>
public sealed class SenderTests
{
    private readonly VirtualScheduler _scheduler = new();

    [Fact]
    public void Two_busy_connections_are_served_20_and_20()
    {
        var order = new List<string>();
        Sender Make(string name)
        {
            var connection = new HeldConnection();
            return new Sender(connection, new CountingSource(name, order, 100), new Dispatcher(_scheduler), () => 20, (_, _) => { }, () => { });
        }

        Sender a = Make("a"), b = Make("b");
        a.Wake();
        b.Wake();
        _scheduler.AdvanceBy(1);
        Assert.Equal(["a 20", "b 20", "a 20", "b 20", "a 20", "b 20", "a 20", "b 20", "a 20", "b 20"], order);
    }

    [Fact]
    public void Now_means_on_the_callers_stack_and_only_what_is_there()
    {
        var connection = new HeldConnection();
        var left = new List<string>();
        var sender = new Sender(connection, new CountingSource("a", left, 10), new Dispatcher(null), () => 20, (_, _) => { }, () => { });
        sender.SendNow();
        Assert.Equal(["a 10"], left);
        Assert.Single(connection.Batches);
        Assert.False(sender.IsIdle); // until the connection answers
    }

    [Fact]
    public async Task What_is_more_than_a_turn_is_left_to_others_by_who_sends_now()
    {
        var threads = new ConcurrentQueue<int>();
        var done = new TaskCompletionSource();
        var source = new CountingSource("a", [], 100)
        {
            Took = left =>
            {
                threads.Enqueue(Environment.CurrentManagedThreadId);
                if (left == 0) done.SetResult();
            },
        };
        var sender = new Sender(new HeldConnection(), source, new Dispatcher(null), () => 20, (_, _) => { }, () => { });
        var caller = new Thread(sender.SendNow);
        caller.Start();
        caller.Join();
        await done.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, threads.Count(t => t == caller.ManagedThreadId));
    }

    [Fact]
    public async Task What_comes_while_something_is_sent_now_is_left_to_others()
    {
        var done = new TaskCompletionSource<int>();
        var source = new CountingSource("a", [], 10);
        source.Took = _ =>
        {
            if (source.Taken > 10) done.SetResult(Environment.CurrentManagedThreadId);
        };
        var connection = new HeldConnection { AnswersAtOnce = true };
        var sender = new Sender(connection, source, new Dispatcher(null), () => 20, (_, _) => { }, () => { });
        connection.Sent = () =>
        {
            if (source.Taken == 10) source.Add(5);
            sender.OnSent();
        };
        var caller = new Thread(sender.SendNow);
        caller.Start();
        caller.Join();
        Assert.NotEqual(caller.ManagedThreadId, await done.Task.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void A_no_op_is_sent_on_the_callers_stack_and_a_second_one_not_while_that_hangs()
    {
        var connection = new HeldConnection();
        var threads = new List<int>();
        var sender = new Sender(
            connection, new CountingSource("a", [], 0), new Dispatcher(null), () => 20, (_, _) => threads.Add(Environment.CurrentManagedThreadId), () => { });
        Assert.True(sender.TryNoOp(Raw.NoOp()));
        Assert.Equal([Environment.CurrentManagedThreadId], threads);
        Assert.Equal([FrameKind.NoOp], Assert.Single(connection.Batches).Kinds);
        Assert.True(sender.TryNoOp(Raw.NoOp())); // behind the one that the connection has
        Assert.False(sender.TryNoOp(Raw.NoOp()));
        Assert.Single(connection.Batches);
    }

    [Fact]
    public async Task Turns_are_counted_from_when_others_begin_to_wait_and_exact()
    {
        var counted = new List<int>();
        var requests = new Queue<IThreadPoolWorkItem>();
        var turns = new TurnQueue(requests.Enqueue);
        Work other = null!;
        other = new Work(() => turns.Post(other)); // waits always, once it does
        var source = new CountingSource("a", [], int.MaxValue) { Most = 10 };
        source.Took = _ =>
        {
            if (source.Taken == 1000) turns.Post(other);
        };
        int PerTurn()
        {
            counted.Add(source.Taken);
            return 20;
        }

        var connection = new HeldConnection { AnswersAtOnce = true };
        var sender = new Sender(connection, source, new Dispatcher(null, turns), PerTurn, (_, _) => { }, () => { });
        connection.Sent = sender.OnSent;
        sender.Wake();
        await Task.Run(requests.Dequeue().Execute).WaitAsync(TimeSpan.FromSeconds(30)); // on the pool, where turns may go on
        Assert.Equal([1000, 1020, 1040, 1060, 1080, 1100, 1120, 1140], counted); // every other one of 16 turns; the first began uncounted
    }

    [Fact]
    public async Task A_turn_goes_on_until_the_pool_is_wanted_and_ends_with_the_next_send()
    {
        var requests = new Queue<IThreadPoolWorkItem>();
        var connection = new HeldConnection { AnswersAtOnce = true };
        var source = new CountingSource("a", [], int.MaxValue) { Most = 10_000 }; // filled faster than it is drained
        var sender = new Sender(
            connection, source, new Dispatcher(null, new TurnQueue(requests.Enqueue), () => connection.Batches.Count >= 40), () => 20, (_, _) => { }, () => { });
        connection.Sent = sender.OnSent;
        sender.Wake();
        await Task.Run(requests.Dequeue().Execute).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(40 + 15, connection.Batches.Count); // the first of 16 turns, and a send in each of the others
        Assert.Single(requests);
    }

    [Fact]
    public void On_a_users_scheduler_now_is_as_soon_as_it_is_its_turn()
    {
        var order = new List<string>();
        var sender = new Sender(new HeldConnection(), new CountingSource("a", order, 10), new Dispatcher(_scheduler), () => 20, (_, _) => { }, () => { });
        sender.SendNow();
        Assert.Empty(order);
        _scheduler.AdvanceBy(1);
        Assert.Equal(["a 10"], order);
    }

    [Fact]
    public async Task What_has_ended_is_cleaned_up_by_others_than_who_sends_now()
    {
        var emptied = new TaskCompletionSource<int>();
        Sender sender = null!;
        var source = new CountingSource("a", [], 10) { Took = _ => sender.Close() }; // it ends while it is drained
        var connection = new HeldConnection();
        sender = new Sender(connection, source, new Dispatcher(null), () => 20, (_, _) => { }, () => emptied.SetResult(Environment.CurrentManagedThreadId));
        connection.Sent = sender.OnSent;
        connection.AnswersAtOnce = true;
        var caller = new Thread(sender.SendNow);
        caller.Start();
        caller.Join();
        Assert.NotEqual(caller.ManagedThreadId, await emptied.Task.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private sealed class CountingSource(string name, List<string> order, int messages) : IRunSource
    {
        private int _left = messages;

        public Action<int> Took { get; set; } = _ => { };

        /// <summary>Its longest run.</summary>
        public int Most { get; init; } = int.MaxValue;

        public int Taken { get; private set; }

        public bool IsEmpty => _left == 0;

        public int MaxBatchMessages => int.MaxValue;

        public bool TryTake(int maxMessages, out Run run)
        {
            run = default;
            if (_left == 0) return false;
            var count = Math.Min(Math.Min(maxMessages, Most), _left);
            _left -= count;
            Taken += count;
            order.Add($"{name} {count}");
            Took(_left);
            run = new Run(new Block(new byte[count]), 0, count, count);
            return true;
        }

        public void Add(int messages) => _left += messages;

        public void Handed(Load load)
        {
        }

        public void Sent(Load load)
        {
        }

        public void Drop()
        {
        }
    }
}
