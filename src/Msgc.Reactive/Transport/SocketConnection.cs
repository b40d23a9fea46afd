using System.Buffers;
using System.Net.Sockets;

namespace Msgc.Reactive.Transport;

/// <summary>
/// A connected stream socket as a connection: a loop that receives, a <see cref="SocketSender"/>, and the rule that ends both. Each of the
/// two, and life itself, has a hold on the connection; the handler hears of the end when the last hold is gone, on the thread pool.
/// The loop runs on the pool, or on a thread of its own, which waits in the system's calls and passes every await without leaving the stack.
/// A paused connection does not look at its socket, so it learns from a send, or on resuming, that the far end is gone.
/// </summary>
internal sealed class SocketConnection : IMsgcConnection, IThreadPoolWorkItem
{
    // After a smaller receive the connection counts as idle and waits without a buffer; at full load that wait would be a system call more.
    private const int IdleBelowBytes = 1024;
    // So many receives that need no waiting are made before others get the thread.
    private const int ReceivesInARow = 16;
    private const int Alive = -1;
    private const int Receiving = 1, Ended = 2;

    private readonly Socket _socket;
    private readonly SocketSender _sender;
    private readonly ReceiveGate _gate = new();
    private readonly ReceiveThreads.Place? _thread;
    private IMsgcConnectionHandler? _handler;
    private Task? _receiving;
    private Exception? _error;
    private bool _hasParted;
    private int _cause = Alive;
    private int _phase;
    private int _holds = 2; // the receive loop's, even before Start, and that of life

    /// <param name="socket">The socket, which from now on is the connection's.</param>
    /// <param name="remoteAddress">Who is at the far end.</param>
    /// <param name="thread">Where it receives; none: on the pool's threads.</param>
    public SocketConnection(Socket socket, string remoteAddress, ReceiveThreads.Place? thread = null)
    {
        _socket = socket;
        _thread = thread;
        RemoteAddress = remoteAddress;
        _sender = new SocketSender(this, socket);
    }

    public string RemoteAddress { get; }

    /// <summary>The loop, from start to end; it never faults.</summary>
    public Task Completion => _receiving ?? Task.CompletedTask;

    public bool HasEnded => Volatile.Read(ref _cause) != Alive;

    public void Start(IMsgcConnectionHandler handler)
    {
        if (Interlocked.CompareExchange(ref _handler, handler, null) is not null) throw new InvalidOperationException("The connection was started before.");
        try
        {
            _receiving = _thread is null ? ReceiveAsync(handler) : _thread.RunAsync(() => ReceiveAsync(handler).GetAwaiter().GetResult());
        }
        catch (OutOfMemoryException error) // the system has no thread left, so there is no loop
        {
            End(MsgcCause.Transport, error);
            Release();
        }
    }

    public void Pause() => _gate.Pause();

    public void Resume() => _gate.Resume();

    public void Send(IList<ArraySegment<byte>> batch) =>
        _sender.Send(batch, _handler ?? throw new InvalidOperationException("The connection was not started."));

    public void Abort(MsgcCause cause) => End(cause, null);

    /// <summary>Ends the connection unless it has ended.</summary>
    public void End(MsgcCause cause, Exception? error)
    {
        if (Interlocked.CompareExchange(ref _cause, (int)cause, Alive) != Alive) return;
        _error = error;
        Close(Interlocked.Or(ref _phase, Ended) == Receiving);
        _gate.Break();
        if (_receiving is null) _thread?.Dispose();
        Release();
    }

    /// <summary>Puts off <see cref="IMsgcConnectionHandler.OnEnded"/> until <see cref="Release"/>; false when it is too late.</summary>
    public bool TryHold()
    {
        for (var seen = Volatile.Read(ref _holds); seen > 0;)
        {
            var found = Interlocked.CompareExchange(ref _holds, seen + 1, seen);
            if (found == seen) return true;
            seen = found;
        }
        return false;
    }

    /// <summary>Gives a hold back; the last one ends it all.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holds) == 0) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async Task ReceiveAsync(IMsgcConnectionHandler handler)
    {
        if (_thread is null) await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // no callback on Start's stack
        try
        {
            if (_thread is not null) _socket.Blocking = false; // it waits before it receives
            var idle = true;
            var inARow = 0;
            while (true)
            {
                await PassGateAsync().ConfigureAwait(false);
                if (Interlocked.CompareExchange(ref _phase, Receiving, 0) != 0) break;
                if (idle)
                {
                    inARow = 0;
                    await WaitAsync().ConfigureAwait(false);
                }
                var receiving = ReceiveAsync(handler.GetBuffer());
                inARow = receiving.IsCompleted ? inARow + 1 : 0;
                var received = await receiving.ConfigureAwait(false);
                if ((Interlocked.And(ref _phase, ~Receiving) & Ended) != 0) break;
                if (received == 0)
                {
                    End(MsgcCause.Closed, null);
                    break;
                }
                handler.OnReceived(received);
                idle = received < IdleBelowBytes;
                if (inARow < ReceivesInARow || _thread is not null) continue;
                inARow = 0;
                await Task.Yield(); // behind all that waits; a forced yield would come first again
            }
        }
        catch (Exception error) // the socket's, or the handler's own: either way the connection is of no more use
        {
            End(MsgcCause.Transport, error);
        }
        if (_thread is not null)
        {
            Part();
            _thread.Dispose();
        }
        Release();
    }

    private ValueTask PassGateAsync()
    {
        var passing = _gate.PassAsync();
        if (_thread is null || passing.IsCompleted) return passing;
        passing.AsTask().GetAwaiter().GetResult();
        return default;
    }

    // Without a buffer, until there is something.
    private ValueTask<int> WaitAsync()
    {
        if (_thread is null) return _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);
        Wait();
        return default;
    }

    private ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        if (_thread is null) return _socket.ReceiveAsync(buffer, SocketFlags.None);
        while (true)
        {
            var received = _socket.Receive(buffer.Span, SocketFlags.None, out var error);
            if (error == SocketError.Success) return new ValueTask<int>(received);
            if (error != SocketError.WouldBlock) throw new SocketException((int)error);
            Wait();
        }
    }

    private void Wait() => _socket.Poll(Timeout.InfiniteTimeSpan, SelectMode.SelectRead);

    private void Close(bool receiving)
    {
        try
        {
            // Shut down first: disposal with operations pending would reset the connection, and what was sent would not travel.
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The far end was faster.
        }
        if (!receiving) CloseSocket();
        else if (_thread is null) _socket.Dispose();
        else Part();
    }

    // Shut down, the thread wakes in the system. Nobody waits for it: the second of it and of who ended the connection closes the socket.
    private void Part()
    {
        if (Interlocked.Exchange(ref _hasParted, true)) CloseSocket();
    }

    // Closing a socket with unread bytes resets it, too: a refusal sent just before would be lost to a far end that had sent on. While a
    // receive of the pool's is pending there are none; otherwise the loop is kept from receiving by now, so that nothing here can wait.
    private void CloseSocket()
    {
        var scratch = ArrayPool<byte>.Shared.Rent(65536);
        try
        {
            for (var rounds = 0; rounds < 64 && _socket.Available > 0; rounds++) _socket.Receive(scratch);
        }
        catch (SocketException)
        {
            // The far end was faster.
        }
        ArrayPool<byte>.Shared.Return(scratch);
        _socket.Dispose();
    }

    void IThreadPoolWorkItem.Execute()
    {
        _sender.Dispose();
        try
        {
            _handler!.OnEnded((MsgcCause)_cause, _error);
        }
        catch (Exception)
        {
            // There is nobody left to tell, and on the pool it would take the process with it.
        }
    }
}
