using System.Net;
using System.Net.Sockets;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.IntegrationTests.Transport;

/// <summary>Who gets a thread of its own, and when the next one can have its place.</summary>
public sealed class ReceiveThreadsTests
{
    [Fact]
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

    [Fact]
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

    [Fact]
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

    [Fact]
    public void A_place_is_given_back_once()
    {
        var threads = new ReceiveThreads(1);
        var place = threads.TryTake()!;
        place.Dispose();
        place.Dispose();
        Assert.NotNull(threads.TryTake());
        Assert.Null(threads.TryTake());
    }

    [Fact]
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
