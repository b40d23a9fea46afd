using System.Collections.Concurrent;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.IntegrationTests.Transport;

/// <summary>A handler that checks the grammar of its callbacks, and passes them on to the test.</summary>
internal sealed class CheckingHandler(IMsgcConnection connection) : IMsgcConnectionHandler
{
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly TaskCompletionSource<(MsgcCause Cause, Exception? Error)> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _buffer = new byte[100_000];
    private int _receiving, _answering, _sending, _over, _gotten, _buffers;
    private Memory<byte> _current;

    public IMsgcConnection Connection => connection;

    public Func<int> BufferBytes { get; set; } = () => 100_000;

    public Action<ReadOnlyMemory<byte>> Received { get; set; } = _ => { };

    public Action Sent { get; set; } = () => { };

    public Action Called { get; set; } = () => { };

    public int Buffers => Volatile.Read(ref _buffers);

    public bool IsOver => Volatile.Read(ref _over) != 0;

    public Task<(MsgcCause Cause, Exception? Error)> Ended => _ended.Task.WaitAsync(Patience);

    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    public CheckingHandler Start()
    {
        connection.Start(this);
        return this;
    }

    public void Send(params IList<ArraySegment<byte>> batch)
    {
        if (Interlocked.Exchange(ref _sending, 1) != 0) _faults.Enqueue("the test itself sent twice at once");
        connection.Send(batch);
    }

    public void Send(byte[] bytes) => Send([new ArraySegment<byte>(bytes)]);

    public void AssertGrammar() => Assert.Empty(_faults);

    public Memory<byte> GetBuffer()
    {
        Enter(ref _receiving, "GetBuffer during another");
        Interlocked.Increment(ref _buffers);
        _gotten = 1;
        _current = _buffer.AsMemory(0, BufferBytes());
        Volatile.Write(ref _receiving, 0);
        return _current;
    }

    public void OnReceived(int bytes)
    {
        Called();
        Enter(ref _receiving, "OnReceived during another");
        Require(_gotten == 1, "OnReceived without a buffer");
        Require(bytes >= 1 && bytes <= _current.Length, "OnReceived of a wrong size");
        _gotten = 0;
        try
        {
            Received(_current[..bytes]);
        }
        finally
        {
            Volatile.Write(ref _receiving, 0);
        }
    }

    public void OnSent()
    {
        Called();
        Enter(ref _answering, "OnSent during another");
        Require(Interlocked.Exchange(ref _sending, 0) == 1, "OnSent without a send");
        try
        {
            Sent();
        }
        finally
        {
            Volatile.Write(ref _answering, 0);
        }
    }

    public void OnEnded(MsgcCause cause, Exception? error)
    {
        Called();
        Require(Volatile.Read(ref _receiving) == 0, "OnEnded during OnReceived");
        Require(Volatile.Read(ref _answering) == 0, "OnEnded during OnSent");
        Require(Interlocked.Increment(ref _over) == 1, "OnEnded twice");
        _ended.TrySetResult((cause, error));
    }

    private void Enter(ref int flag, string fault)
    {
        Require(Interlocked.Exchange(ref flag, 1) == 0, fault);
        Require(Volatile.Read(ref _over) == 0, $"{fault[..fault.IndexOf(' ')]} after OnEnded");
    }

    private void Require(bool met, string fault)
    {
        if (!met) _faults.Enqueue(fault);
    }
}
