using System.Net.Sockets;

namespace Msgc.Reactive.Transport;

/// <summary>
/// Sends one batch after the other, the segments of each gathered into one system call. A send that completes at once is answered on
/// the sender's own stack; a further send from within that answer is taken up when it returns, so that the stack does not grow. Nothing
/// is allocated for up to eight segments; for more the runtime allocates about 24 bytes each and 50 in all, which shows: 64 KiB in nine
/// segments went 10 % slower than in eight.
/// </summary>
internal sealed class SocketSender(SocketConnection connection, Socket socket) : SocketAsyncEventArgs(true)
{
    private IMsgcConnectionHandler _handler = null!;
    private IList<ArraySegment<byte>> _batch = [];
    private int _remaining;
    private int _turns;

    /// <summary>Sends the batch, or leaves it to the turn that is just answering the one before.</summary>
    public void Send(IList<ArraySegment<byte>> batch, IMsgcConnectionHandler handler)
    {
        _handler = handler;
        _batch = batch;
        if (Interlocked.Increment(ref _turns) == 1 && connection.TryHold()) Begin();
    }

    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        if (Advance()) Begin();
    }

    // Runs until a send is pending, there is no more to send, or the connection has ended.
    private void Begin()
    {
        try
        {
            do
            {
                if (connection.HasEnded)
                {
                    connection.Release();
                    return;
                }
                if (_remaining == 0) Load(_batch);
                if (_remaining > 0 && socket.SendAsync(this)) return;
            }
            while (Advance());
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    // Takes note of what was sent. True when there is more to send; after a failure _turns stays above 0, so that nothing is sent again.
    private bool Advance()
    {
        try
        {
            if (SocketError != SocketError.Success) throw new SocketException((int)SocketError);
            var sent = _remaining == 0 ? 0 : BytesTransferred;
            _remaining -= sent;
            if (_remaining > 0)
            {
                LoadRest(sent);
                return true;
            }
            Unload();
            _handler.OnSent();
        }
        catch (Exception error)
        {
            Fail(error);
            return false;
        }
        if (Interlocked.Decrement(ref _turns) > 0) return true;
        connection.Release();
        return false;
    }

    private void Fail(Exception error)
    {
        connection.End(MsgcCause.Transport, error);
        connection.Release();
    }

    private void Load(IList<ArraySegment<byte>> batch)
    {
        for (var i = 0; i < batch.Count; i++) _remaining += batch[i].Count;
        if (batch.Count == 1) SetBuffer(batch[0].Array, batch[0].Offset, batch[0].Count);
        else if (_remaining > 0) BufferList = batch;
    }

    // The runtime completes a stream's send only when all is sent, on Linux and on Windows, but it does not promise so.
    private void LoadRest(int sent)
    {
        if (BufferList is not { } sending)
        {
            SetBuffer(Offset + sent, Count - sent);
            return;
        }
        var rest = new List<ArraySegment<byte>>(sending.Count);
        foreach (var segment in sending)
        {
            var skipped = Math.Min(sent, segment.Count);
            sent -= skipped;
            if (skipped < segment.Count) rest.Add(segment[skipped..]);
        }
        BufferList = rest;
    }

    // An idle connection keeps no reference to what it has sent.
    private void Unload()
    {
        if (BufferList is null) SetBuffer(null, 0, 0);
        else BufferList = null;
    }
}
