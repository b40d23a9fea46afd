using System.Buffers;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>Publishing without room: who waits, who is dropped, and who comes when there is room again.</summary>
public class PublishQueueWaitingTests
{
    [Fact]
    public async Task A_publish_that_waited_for_room_reads_its_payload_before_its_task_completes()
    {
        var limits = new BacklogLimits(8, 1024 * 1024);
        var queue = new PublishQueue(new Dispatcher(null), new BlockPool(), 1, () => limits, 1024);
        var counter = new PublishCounter("g"u8.ToArray());
        for (var i = 0; i < 8; i++) await queue.PublishAsync(counter, new byte[] { 1 }, default);

        var payload = new WatchedMemory();
        var task = queue.PublishAsync(counter, payload.Memory, default).AsTask();
        payload.Task = task;
        limits = new BacklogLimits(9, 1024 * 1024);
        queue.Readmit();

        await task;
        Assert.Equal([false], payload.CompletedWhenRead);
    }

    [Fact]
    public async Task A_publish_whose_token_is_cancelled_as_it_begins_to_wait_takes_neither_place_nor_number()
    {
        using var cancellation = new CancellationTokenSource();
        var limits = new BacklogLimits(8, 1024 * 1024);
        var isLast = false;
        var queue = new PublishQueue(
            new Dispatcher(null),
            new BlockPool(),
            1,
            () =>
            {
                if (isLast) cancellation.Cancel(); // it looks for room, having looked at its token
                return limits;
            },
            1024);
        var counter = new PublishCounter("g"u8.ToArray());
        for (var i = 0; i < 8; i++) Assert.True(queue.TryPublish(counter, "m"u8));

        isLast = true;
        var publish = Task.Run(() => queue.PublishAsync(counter, "m"u8.ToArray(), cancellation.Token).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publish.WaitAsync(TimeSpan.FromSeconds(30)));

        isLast = false;
        limits = new BacklogLimits(9, 1024 * 1024);
        queue.Readmit();
        Assert.Equal(8, queue.Used.Messages);
        Assert.True(queue.TryPublish(counter, "m"u8));
        Assert.Equal(9UL, counter.Last);
    }

    [Fact]
    public void A_publish_that_finds_room_as_it_begins_to_wait_is_sent()
    {
        var scheduler = new VirtualScheduler();
        var dispatcher = new Dispatcher(scheduler);
        var refusals = 0;
        var queue = new PublishQueue(dispatcher, new BlockPool(), 1, () => new BacklogLimits(refusals-- > 0 ? 0 : 8, 1024 * 1024), 1024);
        var connection = new HeldConnection { AnswersAtOnce = true };
        var feed = new PublishFeed(queue);
        feed.Sender = new Sender(connection, feed, dispatcher, () => 20, (_, _) => { }, () => { });
        connection.Sent = feed.Sender.OnSent;
        queue.Begin(feed, [], 1024, 1);
        scheduler.Start();
        Assert.True(feed.Sender.IsIdle);

        refusals = 1;
        var publish = queue.PublishAsync(new PublishCounter("g"u8.ToArray()), "m"u8.ToArray(), default);
        Assert.Equal(-1, refusals);
        scheduler.Start();
        Assert.True(publish.IsCompletedSuccessfully);
        Assert.Equal([1], connection.Batches.Select(batch => batch.Messages));
    }

    [Fact]
    public void A_message_that_is_to_be_dropped_and_finds_room_by_then_is_queued()
    {
        var refusals = 1;
        var queue = new PublishQueue(new Dispatcher(null), new BlockPool(), 1, () => new BacklogLimits(refusals-- > 0 ? 0 : 8, 1024 * 1024), 1024);
        Assert.True(queue.TryPublish(new PublishCounter("g"u8.ToArray()), "m"u8));
        Assert.Equal(1, queue.Used.Messages);

        var counter = new PublishCounter("h"u8.ToArray());
        refusals = 2;
        Assert.False(queue.TryPublish(counter, "m"u8));
        Assert.Equal((1, 1UL), (queue.Used.Messages, counter.Last));
    }

    [Fact]
    public void Room_is_for_those_who_wait_before_it_is_for_those_who_come()
    {
        var limits = new BacklogLimits(0, 1024 * 1024);
        var queue = new PublishQueue(new Dispatcher(null), new BlockPool(), 1, () => limits, 1024);
        PublishCounter[] counters = [.. "abcd"u8.ToArray().Select(name => new PublishCounter([name]))];
        var waiting = counters[..2].Select(counter => queue.PublishAsync(counter, "m"u8.ToArray(), default)).ToArray();
        limits = new BacklogLimits(2, 1024 * 1024);
        Assert.False(queue.TryPublish(counters[3], "m"u8));
        var third = queue.PublishAsync(counters[2], "m"u8.ToArray(), default);
        Assert.Equal((true, true, false), (waiting[0].IsCompletedSuccessfully, waiting[1].IsCompletedSuccessfully, third.IsCompleted));
        limits = new BacklogLimits(3, 1024 * 1024);
        queue.Readmit();
        Assert.True(third.IsCompletedSuccessfully);

        var feed = PublishQueueTests.Feed(queue);
        queue.Begin(feed, [], 1024, 1);
        Assert.True(queue.TryTake(feed, int.MaxValue, out var run));
        var names = "";
        for (var rest = run.Bytes; rest.Length > 0; rest = rest[BitConverter.ToInt32(rest)..]) names += (char)MessageFrame.Name(rest)[0];
        Assert.Equal("abc", names);
    }

    [Fact]
    public async Task Whoever_is_told_that_its_message_is_queued_may_publish_on_that_stack()
    {
        var limits = new BacklogLimits(8, 1024 * 1024);
        var queue = new PublishQueue(new Dispatcher(null), new BlockPool(), 1, () => limits, 1024);
        var counter = new PublishCounter("g"u8.ToArray());
        for (var i = 0; i < 8; i++) Assert.True(queue.TryPublish(counter, "m"u8));
        async Task PublishTwoAsync()
        {
            await queue.PublishAsync(counter, "m"u8.ToArray(), default);
            await queue.PublishAsync(counter, "m"u8.ToArray(), default);
        }

        var published = InPlace.Run(PublishTwoAsync);
        limits = new BacklogLimits(10, 1024 * 1024);
        await Task.Run(queue.Readmit).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(published.IsCompletedSuccessfully);
        Assert.Equal(10, queue.Used.Messages);
    }

    /// <summary>Runs what it is posted where it is posted.</summary>
    private sealed class InPlace : SynchronizationContext
    {
        public static Task Run(Func<Task> work)
        {
            var before = Current;
            SetSynchronizationContext(new InPlace());
            try
            {
                return work();
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }

        public override void Post(SendOrPostCallback d, object? state) => d(state);
    }

    /// <summary>Notes at each reading from when there is a task whether that has completed, and with it the right to read.</summary>
    private sealed class WatchedMemory : MemoryManager<byte>
    {
        public Task? Task { get; set; }

        public List<bool> CompletedWhenRead { get; } = [];

        public override Memory<byte> Memory => CreateMemory(1);

        public override Span<byte> GetSpan()
        {
            if (Task is not null) CompletedWhenRead.Add(Task.IsCompleted);
            return new byte[1];
        }

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
