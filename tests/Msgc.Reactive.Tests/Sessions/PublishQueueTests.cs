using System.Reactive.Concurrency;
using System.Text;
using System.Threading.Channels;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Sessions;

public class PublishQueueTests
{
    [Fact]
    public void Messages_that_wait_share_frames_as_the_server_allows()
    {
        var (queue, feed, counter) = Packing(3);
        for (var i = 0; i < 7; i++) queue.TryPublish(counter, "m"u8);
        Assert.Equal("1+2+3 4+5+6 7", Taken(queue, feed));
        queue.TryPublish(counter, "m"u8); // what was taken is not touched any more
        queue.TryPublish(counter, "m"u8);
        Assert.Equal("8+9", Taken(queue, feed));
    }

    [Fact]
    public void A_frame_has_messages_of_one_group_with_consecutive_numbers_and_no_control_frame_between_them()
    {
        var (queue, feed, counter) = Packing(8);
        var other = new PublishCounter("h"u8.ToArray());
        queue.TryPublish(counter, "m"u8);
        queue.TryPublish(other, "m"u8);
        queue.TryPublish(counter, "m"u8);
        queue.TryPublish(counter, "m"u8);
        counter.Last++; // dropped: its number is used up
        queue.TryPublish(counter, "m"u8);
        queue.Control(feed, Frames.Named(FrameKind.Watch, "w"u8));
        queue.TryPublish(counter, "m"u8);
        Assert.Equal("1 1 2+3 5 Watch 6", Taken(queue, feed));
    }

    [Theory]
    [InlineData(100, "1+2+3+4+5+6+7+8 9")]
    [InlineData(200, "1+2+3+4 5+6+7+8 9")] // 25 + 4 x 200 + 3 x 2 bytes
    [InlineData(498, "1+2 3+4 5+6 7+8 9")] // 1,023 bytes
    [InlineData(499, "1 2 3 4 5 6 7 8 9")]
    [InlineData(999, "1 2 3 4 5 6 7 8 9")]
    public void Frames_of_several_messages_are_at_most_so_long_that_every_server_takes_them(int payload, string frames)
    {
        var (queue, feed, counter) = Packing(8);
        for (var i = 0; i < 9; i++) queue.TryPublish(counter, new byte[payload]);
        Assert.Equal(frames, Taken(queue, feed));
    }

    [Fact]
    public void What_is_queued_counts_as_many_messages_and_bytes_as_are_taken()
    {
        var (queue, feed, counter) = Packing(8);
        for (var i = 0; i < 20; i++) queue.TryPublish(counter, new byte[i]);
        var used = queue.Used;
        var taken = default(Load);
        while (queue.TryTake(feed, 5, out var run)) taken += run.Load;
        Assert.Equal(20, used.Messages);
        Assert.Equal(used, taken);
        queue.Handed(feed, taken);
        Assert.Equal(default, queue.Used);
    }

    [Fact]
    public void The_next_server_may_allow_fewer_and_gets_what_was_packed_before_as_it_is()
    {
        var (queue, feed, counter) = Packing(8);
        for (var i = 0; i < 3; i++) queue.TryPublish(counter, "m"u8);
        queue.Lose(feed);
        queue.TryPublish(counter, "m"u8);
        var next = Feed(queue);
        queue.Begin(next, [], 1024, 1);
        queue.TryPublish(counter, "m"u8);
        queue.TryPublish(counter, "m"u8);
        Assert.Equal("1+2+3 4 5 6", Taken(queue, next));
    }

    [Fact]
    public void A_session_that_is_left_gets_its_own_queued_frames_and_a_last_flush_and_the_next_one_messages_and_flushes()
    {
        var queue = new PublishQueue(new Dispatcher(null), new BlockPool(), 1, () => new BacklogLimits(8, 1024 * 1024), 1024);
        var counter = new PublishCounter("g"u8.ToArray());
        PublishFeed old = Feed(queue), next = Feed(queue);
        queue.Begin(old, Frames.Bare(FrameKind.Rejoined), 1024, 1);
        for (var i = 0; i < 3; i++) queue.TryPublish(counter, "m"u8);
        Assert.True(queue.TryTake(old, 1, out _)); // Rejoined
        Assert.True(queue.TryTake(old, 1, out _)); // and the first of three messages
        var flushed = queue.FlushAsync(default);
        queue.Control(old, Frames.Named(FrameKind.Watch, "w"u8));
        queue.TryPublish(counter, "m"u8);
        queue.Detach(old, Frames.Named(FrameKind.Leave, "g"u8));
        queue.Control(old, Frames.Number(FrameKind.IdleTimeout, 5));
        queue.TryPublish(counter, "m"u8);
        Assert.Equal("Watch Leave Flush0 IdleTimeout", Taken(queue, old));
        Assert.Equal("", Taken(queue, next));
        queue.Acknowledge(next, 1); // it has not taken anything to speak of
        Assert.Equal(1, queue.Lose(old));
        var later = queue.FlushAsync(default);
        Assert.Equal(1, Assert.IsType<MsgcLostException>(flushed.Exception!.InnerException).Count);
        queue.Begin(next, [], 1024, 1);
        Assert.Equal("2 3 Flush1 4 5 Flush2", Taken(queue, next));
        queue.Flushed(old, 2, 4);
        Assert.False(later.IsCompleted);
        queue.Flushed(next, 2, 4);
        Assert.True(later.IsCompletedSuccessfully);
    }

    [Fact]
    public void What_a_lost_session_took_and_never_handed_to_its_connection_holds_no_room()
    {
        var queue = new PublishQueue(new Dispatcher(null), new BlockPool(), 1, () => new BacklogLimits(8, 1024 * 1024), 1024);
        var counter = new PublishCounter("g"u8.ToArray());
        var feed = Feed(queue);
        queue.Begin(feed, [], 1024, 1);
        for (var i = 0; i < 8; i++) Assert.True(queue.TryPublish(counter, "m"u8));
        Assert.True(queue.TryTake(feed, 5, out _));
        Assert.False(queue.TryPublish(counter, "m"u8));
        queue.Lose(feed);
        for (var i = 0; i < 5; i++) Assert.True(queue.TryPublish(counter, "m"u8));
        Assert.False(queue.TryPublish(counter, "m"u8));
    }

    [Fact]
    public async Task A_single_message_is_sent_on_the_publishers_stack_and_a_flush_on_another()
    {
        var dispatcher = new Dispatcher(null);
        var queue = new PublishQueue(dispatcher, new BlockPool(), 1, () => new BacklogLimits(8, 1024 * 1024), 1024);
        var feed = new PublishFeed(queue);
        var connection = new HeldConnection { AnswersAtOnce = true };
        var sentOn = Channel.CreateUnbounded<int>();
        feed.Sender = new Sender(connection, feed, dispatcher, () => 20, (_, _) => sentOn.Writer.TryWrite(Environment.CurrentManagedThreadId), () => { });
        connection.Sent = feed.Sender.OnSent;
        queue.Begin(feed, [], 1024, 1);
        SpinWait.SpinUntil(() => feed.Sender.IsIdle);
        var clock = dispatcher.Scheduler.StartStopwatch();
        SpinWait.SpinUntil(() => clock.Elapsed > TimeSpan.FromMilliseconds(1)); // nothing is handed all the while

        var publisher = new Thread(() => queue.TryPublish(new PublishCounter("g"u8.ToArray()), "m"u8));
        publisher.Start();
        publisher.Join();
        Assert.True(sentOn.Reader.TryRead(out var thread));
        Assert.Equal(publisher.ManagedThreadId, thread);

        var flusher = new Thread(() => _ = queue.FlushAsync(default));
        flusher.Start();
        flusher.Join();
        Assert.NotEqual(flusher.ManagedThreadId, await sentOn.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task However_publishers_and_the_drain_meet_everything_is_sent()
    {
        const int Publishers = 3, Messages = 20_000;
        var dispatcher = new Dispatcher(null);
        var queue = new PublishQueue(dispatcher, new BlockPool(), 1, () => new BacklogLimits(64, 1024 * 1024), 1024);
        var feed = new PublishFeed(queue);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sent = 0;
        var connection = new HeldConnection();
        feed.Sender = new Sender(
            connection,
            feed,
            dispatcher,
            () => 20,
            (messages, _) =>
            {
                // Answered in turns at once, so that the drain goes idle all the time, and later.
                connection.AnswersAtOnce = (sent & 1) == 0;
                if ((sent += messages) == Publishers * Messages) done.SetResult();
                else if (!connection.AnswersAtOnce) dispatcher.Post(feed.Sender.OnSent);
            },
            () => { });
        connection.Sent = feed.Sender.OnSent;
        queue.Begin(feed, [], 1024, 1);
        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(p => Task.Run(async () =>
        {
            var counter = new PublishCounter([(byte)('a' + p)]);
            for (var i = 0; i < Messages; i++) await queue.PublishAsync(counter, "m"u8.ToArray(), default);
        })));
        await done.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>A session whose turn never comes: the test takes for it.</summary>
    internal static PublishFeed Feed(PublishQueue queue)
    {
        var feed = new PublishFeed(queue);
        feed.Sender = new Sender(null!, feed, new Dispatcher(new VirtualScheduler()), () => 20, (_, _) => { }, () => { });
        return feed;
    }

    private static (PublishQueue Queue, PublishFeed Feed, PublishCounter Counter) Packing(int messagesPerFrame)
    {
        var queue = new PublishQueue(new Dispatcher(null), new BlockPool(), 1, () => new BacklogLimits(100, 1024 * 1024), 1024);
        var feed = Feed(queue);
        queue.Begin(feed, [], 1024, messagesPerFrame);
        return (queue, feed, new PublishCounter("g"u8.ToArray()));
    }

    /// <summary>All that there is for a session: messages by their numbers, those of one frame joined by +, frames by their kinds.</summary>
    private static string Taken(PublishQueue queue, PublishFeed feed)
    {
        var text = new StringBuilder();
        while (queue.TryTake(feed, int.MaxValue, out var run))
        {
            for (var rest = run.Bytes; rest.Length > 0;)
            {
                Assert.Equal(FrameStatus.Complete, Frame.TryRead(rest, 1024, out var frame, out _));
                text.Append(frame.Kind switch
                {
                    FrameKind.Message => string.Join('+', Enumerable.Range((int)MessageFrame.Number(frame.Bytes), MessageFrame.Messages(frame.Bytes))) + " ",
                    FrameKind.Flush => $"Flush{Frames.NumberAt(frame, 0)} ",
                    var kind => $"{kind} ",
                });
                rest = rest[frame.Bytes.Length..];
            }
        }
        return text.ToString().TrimEnd();
    }
}
