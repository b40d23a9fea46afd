using System.Reactive.Concurrency;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.IntegrationTests.Transport;

public sealed class ScheduledTransportTests : IDisposable
{
    private readonly EventLoopScheduler _scheduler;
    private readonly ScheduledTransport _transport;
    private Thread? _thread;
    private int _elsewhere;

    public ScheduledTransportTests()
    {
        _scheduler = new EventLoopScheduler(start => _thread = new Thread(start) { IsBackground = true });
        _transport = new ScheduledTransport(new SocketTransport(), _scheduler);
    }

    public void Dispose() => _scheduler.Dispose();

    [Fact]
    public async Task Everything_comes_on_the_scheduler_and_in_order()
    {
        await using (var pair = await ConnectAsync())
        {
            var there = new Traffic(pair.Near, pair.Far, 8 << 20, seed: 3);
            var back = new Traffic(pair.Far, pair.Near, 8 << 20, seed: 4, maxBufferBytes: 5000);
            pair.Start();
            await Task.WhenAll(there.RunAsync(), back.RunAsync());
        }
        Assert.Equal(0, _elsewhere);
    }

    [Fact]
    public async Task Accepted_and_dialled_connections_are_handed_over_on_the_scheduler()
    {
        var accepted = new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously);
        var dialled = new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = _transport.Listen(SocketPair.Loopback, new MsgcSocketOptions());
        listener.Start(_ => accepted.SetResult(Thread.CurrentThread));
        using var dial = _transport.Dial(listener.Endpoint, new MsgcSocketOptions()).Subscribe(_ => dialled.SetResult(Thread.CurrentThread));
        var threads = await Task.WhenAll(accepted.Task, dialled.Task).WaitAsync(CheckingHandler.Patience);
        Assert.All(threads, thread => Assert.Same(_thread, thread));
    }

    [Fact]
    public async Task All_bytes_arrive_when_each_receive_pauses_and_another_thread_resumes()
    {
        await using (var pair = await ConnectAsync())
        {
            var traffic = new Traffic(pair.Near, pair.Far, 4 << 20, seed: 5, maxBufferBytes: 3000);
            pair.Far.Received += _ =>
            {
                pair.Far.Connection.Pause();
                ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Resume(), pair.Far.Connection, preferLocal: false);
            };
            pair.Start();
            await traffic.RunAsync();
        }
        Assert.Equal(0, _elsewhere);
    }

    [Fact]
    public async Task Pause_stops_receiving_although_a_block_is_there_and_in_the_end_the_sender()
    {
        const int large = 64 << 20;
        await using var pair = await ConnectAsync();
        var sent = new Signal();
        var paused = new Signal();
        var complete = new Signal();
        var received = 0;
        pair.Near.Sent = sent.Set;
        pair.Far.BufferBytes = () => 10;
        pair.Far.Received = bytes =>
        {
            if (received == 0)
            {
                pair.Far.Connection.Pause();
                paused.Set();
                pair.Far.BufferBytes = () => 100_000;
            }
            if ((received += bytes.Length) == large) complete.Set();
        };
        pair.Start();
        pair.Near.Send(new byte[large]);
        await paused;
        await RoundTripAsync();
        Assert.Equal(10, received);
        Assert.False(sent.IsSet);

        pair.Far.Connection.Resume();
        await complete;
        await sent;
    }

    [Fact]
    public async Task Nothing_is_received_after_an_abort_on_the_scheduler_although_a_block_is_there()
    {
        await using var pair = await ConnectAsync();
        var calls = 0;
        pair.Far.BufferBytes = () => 1;
        pair.Far.Received = _ =>
        {
            calls++;
            pair.Far.Connection.Abort(MsgcCause.Protocol);
        };
        pair.Start();
        pair.Near.Send(new byte[1000]);
        Assert.Equal((MsgcCause.Protocol, null), await pair.Far.Ended);
        Assert.Equal((MsgcCause.Closed, null), await pair.Near.Ended);
        Assert.Equal(1, calls);
        pair.Far.Connection.Resume();
    }

    [Fact]
    public async Task Bytes_in_the_block_come_before_the_end()
    {
        await using var pair = await ConnectAsync();
        var received = 0;
        pair.Far.BufferBytes = () => 7;
        pair.Far.Received = bytes => received += bytes.Length;
        pair.Near.Sent = () => pair.Near.Connection.Abort(MsgcCause.Closed);
        pair.Start();
        pair.Near.Send(new byte[60_000]);
        Assert.Equal((MsgcCause.Closed, null), await pair.Far.Ended);
        Assert.Equal(60_000, received);
    }

    [Fact]
    public async Task An_exception_from_the_handler_ends_the_connection_and_not_the_scheduler()
    {
        await using var pair = await ConnectAsync();
        var thrown = new InvalidOperationException("on purpose");
        pair.Far.Received = _ => throw thrown;
        pair.Start();
        pair.Near.Send([1]);
        Assert.Equal((MsgcCause.Transport, thrown), await pair.Far.Ended);
        await RoundTripAsync();
    }

    [Fact]
    public async Task A_hand_over_that_throws_costs_its_connection_only()
    {
        using var listener = _transport.Listen(SocketPair.Loopback, new MsgcSocketOptions());
        listener.Start(_ => throw new InvalidOperationException("on purpose"));
        var dialled = new TaskCompletionSource<IMsgcConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var dial = _transport.Dial(listener.Endpoint, new MsgcSocketOptions()).Subscribe(dialled.SetResult);
        var near = new CheckingHandler(await dialled.Task.WaitAsync(CheckingHandler.Patience)).Start();
        Assert.Equal((MsgcCause.Closed, null), await near.Ended);
        await RoundTripAsync();
    }

    [Fact]
    public async Task A_scheduler_that_runs_in_parallel_keeps_each_connections_order()
    {
        await using var pair = await SocketPair.ConnectAsync(new ScheduledTransport(new SocketTransport(), TaskPoolScheduler.Default));
        var there = new Traffic(pair.Near, pair.Far, 4 << 20, seed: 6, maxBufferBytes: 9000);
        var back = new Traffic(pair.Far, pair.Near, 4 << 20, seed: 7, maxBufferBytes: 9000);
        pair.Start();
        await Task.WhenAll(there.RunAsync(), back.RunAsync());
    }

    private async Task<SocketPair> ConnectAsync()
    {
        var pair = await SocketPair.ConnectAsync(_transport);
        pair.Near.Called = pair.Far.Called = () =>
        {
            if (Thread.CurrentThread != _thread) Interlocked.Increment(ref _elsewhere);
        };
        return pair;
    }

    private async Task RoundTripAsync()
    {
        await using var pair = await ConnectAsync();
        var done = new Signal();
        pair.Far.Received = bytes => pair.Far.Send(bytes.ToArray());
        pair.Near.Received = _ => done.Set();
        pair.Start();
        pair.Near.Send([1]);
        await done;
    }
}
