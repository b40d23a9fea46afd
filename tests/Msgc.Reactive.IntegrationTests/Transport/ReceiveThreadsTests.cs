using System.Net;
using System.Net.Sockets;
using System.Reactive;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.IntegrationTests.Transport;

/// <summary>Who gets a thread of its own, and when the next one can have its place.</summary>
public sealed class ReceiveThreadsTests
{
    [LinuxFact]
    public async Task A_connection_receives_on_a_thread_of_its_own_while_places_last_and_others_on_the_pool()
    {
        var options = new MsgcSocketOptions { Threads = new ReceiveThreads(2) };
        await using (var pair = await SocketPair.ConnectAsync(options: options))
        {
            Assert.False(await ReceivesOnPoolAsync(pair));
            await using var late = await SocketPair.ConnectAsync(options: options);
            Assert.True(await ReceivesOnPoolAsync(late));
        }
        await using var next = await SocketPair.ConnectAsync(options: options);
        Assert.False(await ReceivesOnPoolAsync(next));
    }

    [LinuxFact]
    public async Task One_that_was_never_started_gives_its_place_back_when_it_ends()
    {
        var threads = new ReceiveThreads(1);
        var dialled = new TaskCompletionSource<IMsgcConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new SocketTransport().Listen(SocketPair.Loopback, new MsgcSocketOptions());
        listener.Start(_ => { });
        using var dial = new SocketTransport().Dial(listener.Endpoint, new MsgcSocketOptions { Threads = threads }).Subscribe(dialled.SetResult);
        var connection = await dialled.Task.WaitAsync(CheckingHandler.Patience);
        Assert.Null(threads.TryTake());
        connection.Abort(MsgcCause.Closed);
        Assert.NotNull(threads.TryTake());
    }

    [LinuxFact]
    public async Task One_over_a_unix_socket_takes_none_since_nothing_would_end_its_wait_for_a_server_that_does_not_accept()
    {
        var path = MsgcEndpoint.Unix(Path.Combine(Path.GetTempPath(), $"msgc-{Guid.NewGuid():N}.sock"));
        await using var pair = await SocketPair.ConnectAsync(endpoint: path, options: new MsgcSocketOptions { Threads = new ReceiveThreads(2) });
        Assert.True(await ReceivesOnPoolAsync(pair));
    }

    [LinuxFact]
    public async Task A_dial_that_fails_gives_its_place_back()
    {
        var threads = new ReceiveThreads(1);
        using var unheard = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        unheard.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // and does not listen
        var endpoint = MsgcEndpoint.Tcp("127.0.0.1", ((IPEndPoint)unheard.LocalEndPoint!).Port);
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var dial = new SocketTransport().Dial(endpoint, new MsgcSocketOptions { Threads = threads }).Subscribe(_ => { }, failed.SetResult);
        await failed.Task.WaitAsync(CheckingHandler.Patience);
        Assert.NotNull(threads.TryTake());
    }

    [LinuxFact]
    public async Task Dials_given_up_at_any_moment_give_their_places_back()
    {
        var threads = new ReceiveThreads(1);
        using var listener = new SocketTransport().Listen(SocketPair.Loopback, new MsgcSocketOptions());
        listener.Start(connection => connection.Abort(MsgcCause.Closed));
        for (var round = 0; round < 100; round++)
        {
            var dial = new SocketDial(listener.Endpoint, new MsgcSocketOptions { Threads = threads }, Observer.Create<IMsgcConnection>(_ => { }));
            Thread.SpinWait(round * 200);
            dial.Dispose();
            await dial.Completion.WaitAsync(CheckingHandler.Patience);
            var place = threads.TryTake();
            Assert.NotNull(place);
            place.Dispose();
        }
    }

    [LinuxFact]
    public async Task Whoever_ends_a_connection_while_its_thread_waits_its_socket_is_closed()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        for (var round = 0; round < 50; round++)
        {
            using var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            near.Connect(listener.LocalEndPoint!);
            using var far = listener.Accept();
            var connection = new SocketConnection(near, "far", new ReceiveThreads(1).TryTake());
            var handler = new CheckingHandler(connection).Start();
            Thread.SpinWait(round * 1000);
            if (round % 2 == 0) connection.Abort(MsgcCause.Closed);
            else far.Dispose();
            await handler.Ended;
            await connection.Completion.WaitAsync(CheckingHandler.Patience);
            Assert.True(near.SafeHandle.IsClosed);
        }
    }

    [LinuxFact]
    public void A_place_is_given_back_once()
    {
        var threads = new ReceiveThreads(1);
        var place = threads.TryTake()!;
        place.Dispose();
        place.Dispose();
        Assert.NotNull(threads.TryTake());
        Assert.Null(threads.TryTake());
    }

    [LinuxFact]
    public async Task What_fails_on_such_a_thread_fails_its_task()
    {
        using var place = new ReceiveThreads(1).TryTake();
        var work = place!.RunAsync(() => throw new InvalidOperationException("ouch"));
        Assert.Equal("ouch", (await Assert.ThrowsAsync<InvalidOperationException>(() => work)).Message);
    }

    private static async Task<bool> ReceivesOnPoolAsync(SocketPair pair)
    {
        var seen = new Signal();
        var onPool = false;
        pair.Near.Received = _ =>
        {
            onPool = Thread.CurrentThread.IsThreadPoolThread;
            seen.Set();
        };
        pair.Start();
        pair.Far.Send([1]);
        await seen;
        return onPool;
    }
}
