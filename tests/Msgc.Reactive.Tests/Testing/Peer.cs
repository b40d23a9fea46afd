using System.Reactive.Concurrency;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Tests.Testing;

/// <summary>A handler that writes down what it hears and when, and checks the handler's contract on the way.</summary>
internal sealed class Peer(VirtualTimeSchedulerBase<long, long> scheduler, IMsgcConnection connection, int bufferSize = 1 << 20) : IMsgcConnectionHandler
{
    private readonly byte[] _buffer = new byte[bufferSize];
    private bool _inCall;

    public IMsgcConnection Connection => connection;

    /// <summary>Each received block's time and size.</summary>
    public List<(long Time, int Bytes)> Blocks { get; } = [];

    public List<byte> Received { get; } = [];

    public List<long> SentAt { get; } = [];

    public (long Time, MsgcCause Cause)? End { get; private set; }

    public Exception? Error { get; private set; }

    /// <summary>Called inside OnReceived, after it was written down.</summary>
    public Action<int>? Receiving { get; set; }

    public Memory<byte> GetBuffer() => _buffer;

    public void OnReceived(int bytes) => Call(() =>
    {
        Blocks.Add((scheduler.Clock, bytes));
        Received.AddRange(_buffer.AsSpan(0, bytes));
        Receiving?.Invoke(bytes);
    });

    public void OnSent() => Call(() => SentAt.Add(scheduler.Clock));

    public void OnEnded(MsgcCause cause, Exception? error) => Call(() =>
    {
        End = (scheduler.Clock, cause);
        Error = error;
    });

    public void Send(params byte[][] parts) => connection.Send(parts.Select(static part => new ArraySegment<byte>(part)).ToList());

    private void Call(Action action)
    {
        Assert.Null(End);
        Assert.False(_inCall);
        _inCall = true;
        action();
        _inCall = false;
    }
}
