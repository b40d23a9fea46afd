using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Tests.Sessions;

public sealed class TurnQueueTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TurnQueue _turns = new();

    [Fact]
    public async Task A_turn_that_blocks_holds_up_nobody_behind_it()
    {
        using var released = new ManualResetEventSlim();
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _turns.Post(new Work(() =>
        {
            if (released.Wait(Patience)) over.SetResult();
        }));
        _turns.Post(new Work(released.Set));
        await over.Task.WaitAsync(2 * Patience);
    }

    [Fact]
    public async Task A_turn_posted_by_one_that_blocks_until_it_has_run_runs()
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _turns.Post(new Work(() =>
        {
            using var ran = new ManualResetEventSlim();
            _turns.Post(new Work(ran.Set));
            if (ran.Wait(Patience)) over.SetResult();
        }));
        await over.Task.WaitAsync(2 * Patience);
    }

    [Fact]
    public async Task Turns_run_on_the_pool_each_once_whoever_posts_them_and_when()
    {
        const int Posters = 4, Each = 5000;
        var runs = new int[Posters * Each];
        var left = Posters * Each * 2;
        var elsewhere = 0;
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Run(int turn)
        {
            if (!Thread.CurrentThread.IsThreadPoolThread) Interlocked.Increment(ref elsewhere);
            if (Interlocked.Increment(ref runs[turn]) == 1) _turns.Post(new Work(() => Run(turn))); // from within a turn, too
            if (Interlocked.Decrement(ref left) == 0) over.SetResult();
        }

        var posters = Enumerable.Range(0, Posters).Select(poster => new Thread(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                var turn = (poster * Each) + i;
                _turns.Post(new Work(() => Run(turn)));
                if (i % 100 == 0) Thread.Yield(); // now and then the queue runs empty
            }
        })).ToArray();
        foreach (var poster in posters) poster.Start();
        await over.Task.WaitAsync(2 * Patience);
        Assert.All(runs, times => Assert.Equal(2, times));
        Assert.Equal(0, elsewhere);
        Assert.True(_turns.IsEmpty);
    }

    [Fact]
    public void A_thread_runs_sixteen_turns_in_order_and_then_waits_behind_what_else_the_pool_has()
    {
        var requests = new Queue<IThreadPoolWorkItem>();
        var turns = new TurnQueue(requests.Enqueue);
        var ran = new List<int>();
        for (var i = 0; i < 40; i++)
        {
            var turn = i;
            turns.Post(new Work(() => ran.Add(turn)));
        }
        foreach (var after in (int[])[16, 32, 40])
        {
            Assert.Single(requests); // one at a time is asked for
            requests.Dequeue().Execute();
            Assert.Equal(Enumerable.Range(0, after), ran);
        }
        Assert.True(turns.IsEmpty);
    }
}
