using System.Net;
using System.Net.Sockets;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.IntegrationTests.Transport;

/// <summary>Two ends of one connection, neither started; disposal ends both and asserts that each was told so exactly once and last.</summary>
internal sealed class SocketPair : IAsyncDisposable
{
    private readonly IMsgcListener _listener;

    private SocketPair(IMsgcListener listener, IDisposable dial, IMsgcConnection dialled, IMsgcConnection accepted)
    {
        _listener = listener;
        Dial = dial;
        Near = new CheckingHandler(dialled);
        Far = new CheckingHandler(accepted);
    }

    public static MsgcEndpoint Loopback { get; } = MsgcEndpoint.Tcp("127.0.0.1", 0);

    /// <summary>The end that dialled.</summary>
    public CheckingHandler Near { get; }

    /// <summary>The end that was accepted.</summary>
    public CheckingHandler Far { get; }

    /// <summary>The dialling end's subscription.</summary>
    public IDisposable Dial { get; }

    public static async Task<SocketPair> ConnectAsync(IMsgcTransport? transport = null, MsgcEndpoint? endpoint = null, MsgcSocketOptions? options = null)
    {
        transport ??= new SocketTransport();
        options ??= new MsgcSocketOptions();
        var accepted = new TaskCompletionSource<IMsgcConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        var dialled = new TaskCompletionSource<IMsgcConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = transport.Listen(endpoint ?? Loopback, options);
        listener.Start(accepted.SetResult);
        var dial = transport.Dial(listener.Endpoint, options).Subscribe(dialled.SetResult, dialled.SetException);
        var ends = await Task.WhenAll(dialled.Task, accepted.Task).WaitAsync(CheckingHandler.Patience);
        return new SocketPair(listener, dial, ends[0], ends[1]);
    }

    /// <summary>A socket of the test's own, and the connection at its far end.</summary>
    public static async Task<(Socket Raw, CheckingHandler Far)> ConnectRawAsync(MsgcSocketOptions options)
    {
        var accepted = new TaskCompletionSource<IMsgcConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new SocketTransport().Listen(Loopback, options);
        listener.Start(accepted.SetResult);
        var raw = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await raw.ConnectAsync(IPAddress.Loopback, listener.Endpoint.Port);
        return (raw, new CheckingHandler(await accepted.Task.WaitAsync(CheckingHandler.Patience)));
    }

    public SocketPair Start()
    {
        Far.Start();
        Near.Start();
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        Near.Connection.Abort(MsgcCause.Closed);
        Far.Connection.Abort(MsgcCause.Closed);
        await Near.Ended;
        await Far.Ended;
        Dial.Dispose();
        Near.AssertGrammar();
        Far.AssertGrammar();
    }
}
