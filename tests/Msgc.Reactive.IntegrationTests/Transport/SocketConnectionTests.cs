using System.Net.Sockets;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.IntegrationTests.Transport;

/// <summary>Connections that receive on the pool's threads.</summary>
public sealed class SocketConnectionTests() : SocketConnectionTestsBase(new MsgcSocketOptions());

/// <summary>Connections that receive on threads of their own.</summary>
public sealed class ThreadedSocketConnectionTests() : SocketConnectionTestsBase(new MsgcSocketOptions { Threads = new ReceiveThreads(1000) });

public abstract class SocketConnectionTestsBase(MsgcSocketOptions options)
{
    private const int Large = 64 << 20; // more than any kernel holds between two sockets

    [Fact]
    public async Task All_bytes_arrive_in_order_in_both_directions_at_once()
    {
        var seed = Environment.TickCount;
        await using var pair = (await SocketPair.ConnectAsync(options: options)).Start();
        try
        {
            var there = new Traffic(pair.Near, pair.Far, Large, seed);
            var back = new Traffic(pair.Far, pair.Near, Large, seed + 10);
            await Task.WhenAll(there.RunAsync(), back.RunAsync());
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"Seed {seed}: {error.Message}", error);
        }
    }

    [Fact]
    public async Task All_bytes_arrive_when_each_receive_pauses_and_another_thread_resumes()
    {
        await using var pair = await SocketPair.ConnectAsync(options: options);
        var traffic = new Traffic(pair.Near, pair.Far, 4 << 20, seed: 1, maxBatchBytes: 5000, maxBufferBytes: 2000);
        pair.Far.Received += _ =>
        {
            pair.Far.Connection.Pause();
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Resume(), pair.Far.Connection, preferLocal: false);
        };
        pair.Start();
        await traffic.RunAsync();
    }

    [Fact]
    public async Task Resume_before_the_pausing_callback_returns_goes_on()
    {
        await using var pair = await SocketPair.ConnectAsync(options: options);
        var traffic = new Traffic(pair.Near, pair.Far, 1 << 20, seed: 2, maxBufferBytes: 1000);
        pair.Far.Received += _ =>
        {
            pair.Far.Connection.Pause();
            pair.Far.Connection.Pause();
            pair.Far.Connection.Resume();
            pair.Far.Connection.Resume();
        };
        pair.Start();
        await traffic.RunAsync();
    }

    [Fact]
    public async Task Pause_stops_receiving_and_in_the_end_the_senders_OnSent_and_Resume_lets_both_go_on()
    {
        await using var pair = await SocketPair.ConnectAsync(options: options);
        var sent = new Signal();
        var paused = new Signal();
        var complete = new Signal();
        long received = 0;
        pair.Near.Sent = sent.Set;
        pair.Far.Received = bytes =>
        {
            if (received == 0) pair.Far.Connection.Pause();
            if (Interlocked.Add(ref received, bytes.Length) == Large) complete.Set();
            paused.Set();
        };
        pair.Start();
        pair.Near.Send(new byte[Large]);
        await paused;
        var atPause = Interlocked.Read(ref received);
        await LetOthersTalkAsync();

        Assert.Equal(atPause, Interlocked.Read(ref received));
        Assert.False(sent.IsSet);

        pair.Far.Connection.Resume();
        await complete;
        await sent;
    }

    [Fact]
    public async Task Paused_before_start_receives_only_when_resumed_and_loses_nothing()
    {
        await using var pair = await SocketPair.ConnectAsync(options: options);
        var received = new Signal();
        pair.Far.Received = _ => received.Set();
        pair.Far.Connection.Pause();
        pair.Start();
        pair.Near.Send([1]);
        await LetOthersTalkAsync();
        Assert.False(received.IsSet);

        pair.Far.Connection.Resume();
        await received;
    }

    [Fact]
    public async Task A_buffer_is_asked_for_only_when_bytes_are_there()
    {
        await using var pair = await SocketPair.ConnectAsync(options: options);
        var received = new SemaphoreSlim(0);
        pair.Far.Received = _ => received.Release();
        var sent = new SemaphoreSlim(0);
        pair.Near.Sent = () => sent.Release();
        pair.Start();
        await LetOthersTalkAsync();
        Assert.Equal(0, pair.Far.Buffers);
        for (var i = 1; i <= 3; i++)
        {
            pair.Near.Send([1]);
            Assert.True(await received.WaitAsync(CheckingHandler.Patience));
            Assert.True(await sent.WaitAsync(CheckingHandler.Patience));
            await LetOthersTalkAsync();
            Assert.Equal(i, pair.Far.Buffers);
        }
    }

    [Fact]
    public async Task Sending_again_from_within_OnSent_does_not_grow_the_stack()
    {
        await using var pair = await SocketPair.ConnectAsync(options: options);
        var done = new Signal();
        var left = 50_000;
        byte[] one = [1];
        pair.Near.Sent = () =>
        {
            if (--left > 0) pair.Near.Send(one);
            else done.Set();
        };
        pair.Start();
        pair.Near.Send(one);
        await done;
    }

    [Fact]
    public async Task An_empty_batch_is_answered_too()
    {
        await using var pair = await SocketPair.ConnectAsync(options: options);
        var sent = new SemaphoreSlim(0);
        pair.Near.Sent = () => sent.Release();
        pair.Start();
        pair.Near.Send(Array.Empty<ArraySegment<byte>>());
        Assert.True(await sent.WaitAsync(CheckingHandler.Patience));
        pair.Near.Send([ArraySegment<byte>.Empty, ArraySegment<byte>.Empty]);
        Assert.True(await sent.WaitAsync(CheckingHandler.Patience));
    }

    [Fact]
    public async Task Abort_from_inside_OnReceived_ends_after_it_with_the_cause_given()
    {
        await using var pair = await SocketPair.ConnectAsync(options: options);
        var endedInside = true;
        pair.Far.Received = _ =>
        {
            pair.Far.Connection.Abort(MsgcCause.Protocol);
            pair.Far.Connection.Abort(MsgcCause.Idle);
            pair.Far.Connection.Pause();
            endedInside = pair.Far.IsOver;
        };
        pair.Start();
        pair.Near.Send([1]);

        Assert.Equal((MsgcCause.Protocol, null), await pair.Far.Ended);
        Assert.False(endedInside);
        Assert.Equal((MsgcCause.Closed, null), await pair.Near.Ended);
    }

    [Fact]
    public async Task Abort_from_inside_OnSent_ends_after_it()
    {
        await using var pair = await SocketPair.ConnectAsync(options: options);
        pair.Near.Sent = () => pair.Near.Connection.Abort(MsgcCause.Draining);
        pair.Start();
        pair.Near.Send([1]);
        Assert.Equal((MsgcCause.Draining, null), await pair.Near.Ended);
        Assert.Equal((MsgcCause.Closed, null), await pair.Far.Ended);
    }

    [Fact]
    public async Task Abort_while_a_send_is_pending_ends_it_without_OnSent()
    {
        await using var pair = await SocketPair.ConnectAsync(options: options);
        var sent = new Signal();
        pair.Near.Sent = sent.Set;
        pair.Far.Connection.Pause();
        pair.Start();
        pair.Near.Send(new byte[Large]);
        pair.Near.Connection.Abort(MsgcCause.Backlog);

        Assert.Equal((MsgcCause.Backlog, null), await pair.Near.Ended);
        Assert.False(sent.IsSet);
        pair.Far.Connection.Resume();
        Assert.Equal((MsgcCause.Closed, null), await pair.Far.Ended);
    }

    [Fact]
    public async Task Abort_while_paused_ends_at_once()
    {
        await using var pair = await SocketPair.ConnectAsync(options: options);
        pair.Far.Connection.Pause();
        pair.Start();
        await LetOthersTalkAsync();
        pair.Far.Connection.Abort(MsgcCause.Idle);
        Assert.Equal((MsgcCause.Idle, null), await pair.Far.Ended);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_sent_before_an_abort_arrives_although_bytes_were_left_unread(bool unix)
    {
        var path = MsgcEndpoint.Unix(Path.Combine(Path.GetTempPath(), $"msgc-{Guid.NewGuid():N}.sock"));
        await using var pair = await SocketPair.ConnectAsync(endpoint: unix ? path : null, options: options);
        var last = new byte[10_000];
        var sent = 0L;
        var arrived = 0L;
        var first = new Signal();
        pair.Far.BufferBytes = () => 1;
        pair.Far.Received = _ =>
        {
            pair.Far.Connection.Pause();
            pair.Far.Send(last);
            first.Set();
        };
        pair.Far.Sent = () =>
        {
            Interlocked.Add(ref sent, last.Length);
            pair.Far.Send(last); // until both kernels are full, so that some of it has not even travelled when the abort comes
        };
        pair.Near.Received = bytes => arrived += bytes.Length;
        pair.Near.Connection.Pause();
        pair.Near.Start();
        pair.Near.Send(new byte[50_000]);
        pair.Far.Start();
        await first;
        await LetOthersTalkAsync();
        pair.Far.Connection.Abort(MsgcCause.Refused);
        Assert.Equal((MsgcCause.Refused, null), await pair.Far.Ended);

        pair.Near.Connection.Resume();
        Assert.Equal((MsgcCause.Closed, null), await pair.Near.Ended);
        Assert.InRange(arrived, Interlocked.Read(ref sent), long.MaxValue);
    }

    [Fact]
    public async Task A_connection_that_was_never_started_can_be_aborted_and_tells_who_starts_it_later()
    {
        await using var pair = await SocketPair.ConnectAsync(options: options);
        pair.Near.Start();
        pair.Far.Connection.Abort(MsgcCause.Refused);
        Assert.Equal((MsgcCause.Closed, null), await pair.Near.Ended);

        pair.Far.Start();
        Assert.Equal((MsgcCause.Refused, null), await pair.Far.Ended);
    }

    [Fact]
    public async Task Sending_after_the_end_does_nothing()
    {
        await using var pair = (await SocketPair.ConnectAsync(options: options)).Start();
        pair.Near.Connection.Abort(MsgcCause.Closed);
        await pair.Near.Ended;
        pair.Near.Send([1]);
        await pair.Far.Ended;
    }

    [Fact]
    public async Task A_reset_from_the_far_end_is_cause_Transport_with_the_error()
    {
        var (raw, far) = await SocketPair.ConnectRawAsync(options);
        far.Start();
        raw.LingerState = new LingerOption(true, 0);
        raw.Dispose();

        var (cause, error) = await far.Ended;
        Assert.Equal(MsgcCause.Transport, cause);
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(error).SocketErrorCode);
        far.AssertGrammar();
    }

    [Fact]
    public async Task A_reset_while_paused_ends_by_the_send_that_meets_it()
    {
        var (raw, far) = await SocketPair.ConnectRawAsync(options);
        far.Connection.Pause();
        far.Start();
        far.Send(new byte[Large]);
        raw.LingerState = new LingerOption(true, 0);
        raw.Dispose();

        var (cause, error) = await far.Ended;
        Assert.Equal(MsgcCause.Transport, cause);
        Assert.IsType<SocketException>(error);
        far.AssertGrammar();
    }

    [Fact]
    public async Task An_exception_from_OnReceived_ends_with_cause_Transport_and_the_exception()
    {
        await using var pair = await SocketPair.ConnectAsync(options: options);
        var thrown = new InvalidOperationException("on purpose");
        pair.Far.Received = _ => throw thrown;
        pair.Start();
        pair.Near.Send([1]);
        Assert.Equal((MsgcCause.Transport, thrown), await pair.Far.Ended);
        Assert.Equal((MsgcCause.Closed, null), await pair.Near.Ended);
    }

    [Fact]
    public async Task An_exception_from_OnSent_ends_with_cause_Transport_and_the_exception()
    {
        await using var pair = await SocketPair.ConnectAsync(options: options);
        var thrown = new InvalidOperationException("on purpose");
        pair.Near.Sent = () => throw thrown;
        pair.Start();
        pair.Near.Send([1]);
        Assert.Equal((MsgcCause.Transport, thrown), await pair.Near.Ended);
        Assert.Equal((MsgcCause.Closed, null), await pair.Far.Ended);
    }

    [Fact]
    public async Task Aborts_sends_and_receives_at_once_end_each_side_exactly_once()
    {
        for (var round = 0; round < 50; round++)
        {
            await using var pair = await SocketPair.ConnectAsync(options: options);
            var bytes = new byte[3000];
            foreach (var end in new[] { pair.Near, pair.Far })
            {
                var count = 0;
                end.Sent = () => end.Send(bytes);
                end.Received = _ =>
                {
                    end.Connection.Pause();
                    ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Resume(), end.Connection, preferLocal: false);
                    if (++count != 20) return;
                    ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Abort(MsgcCause.Idle), end.Connection, preferLocal: false);
                    ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Abort(MsgcCause.Backlog), end.Connection, preferLocal: false);
                };
            }
            pair.Start();
            pair.Near.Send(bytes);
            pair.Far.Send(bytes);
            await Task.WhenAll(pair.Near.Ended, pair.Far.Ended);
        }
    }

    [Fact]
    public async Task Starting_twice_is_the_callers_mistake()
    {
        await using var pair = (await SocketPair.ConnectAsync(options: options)).Start();
        Assert.Throws<InvalidOperationException>(() => pair.Near.Start());
    }

    // In place of a sleep: as many round trips elsewhere as give everything else the time to go wrong.
    private static async Task LetOthersTalkAsync()
    {
        await using var pair = await SocketPair.ConnectAsync();
        var done = new Signal();
        var left = 200;
        byte[] ping = [1];
        int near = 0, far = 1; // an answer may overtake OnSent; both are due before the next send
        pair.Far.Received = _ => StepFar();
        pair.Far.Sent = StepFar;
        pair.Near.Received = _ => StepNear();
        pair.Near.Sent = StepNear;
        void StepFar()
        {
            if (Interlocked.Increment(ref far) % 2 == 0) pair.Far.Send(ping);
        }
        void StepNear()
        {
            if (Interlocked.Increment(ref near) % 2 != 0) return;
            if (--left > 0) pair.Near.Send(ping);
            else done.Set();
        }
        pair.Start();
        pair.Near.Send(ping);
        await done;
    }
}
