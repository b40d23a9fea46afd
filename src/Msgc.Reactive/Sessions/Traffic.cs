namespace Msgc.Reactive.Sessions;

/// <summary>What a connection has carried. Each number is written by one turn at a time, once per run, block or send, and read by whoever observes.</summary>
internal sealed class Traffic
{
    private long _messagesIn;
    private long _bytesIn;
    private long _messagesOut;
    private long _bytesOut;

    public long MessagesIn => Volatile.Read(ref _messagesIn);

    public long BytesIn => Volatile.Read(ref _bytesIn);

    public long MessagesOut => Volatile.Read(ref _messagesOut);

    public long BytesOut => Volatile.Read(ref _bytesOut);

    /// <summary>Bytes came in.</summary>
    public void Received(int bytes) => Volatile.Write(ref _bytesIn, _bytesIn + bytes);

    /// <summary>Messages among them were handled.</summary>
    public void Handled(int messages) => Volatile.Write(ref _messagesIn, _messagesIn + messages);

    /// <summary>A send was handed to the connection.</summary>
    public void Sent(int messages, int bytes)
    {
        Volatile.Write(ref _messagesOut, _messagesOut + messages);
        Volatile.Write(ref _bytesOut, _bytesOut + bytes);
    }
}
