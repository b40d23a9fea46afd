namespace Msgc.Reactive;

/// <summary>What this library throws for reasons other than the caller's own mistakes.</summary>
public abstract class MsgcException : Exception
{
    private protected MsgcException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>A connection ended. Sequences see it only inside the lifecycle's operators: a group's sequence goes on.</summary>
public sealed class MsgcConnectionException : MsgcException
{
    /// <summary>Makes one.</summary>
    public MsgcConnectionException(MsgcCause cause, string message, Exception? inner = null)
        : base(message, inner) => Cause = cause;

    /// <summary>The connection's one cause.</summary>
    public MsgcCause Cause { get; }
}

/// <summary>A server refused what retrying cannot mend: credentials, a join, or the protocol's version.</summary>
public sealed class MsgcRefusedException : MsgcException
{
    /// <summary>Makes one.</summary>
    public MsgcRefusedException(string message)
        : base(message)
    {
    }
}

/// <summary>Messages that a flush covered were handed to a connection that was lost before the server acknowledged them. (contract, "§4")</summary>
public sealed class MsgcLostException : MsgcException
{
    /// <summary>Makes one.</summary>
    public MsgcLostException(long count)
        : base($"Up to {count} published messages may not have been handled: their connection was lost before the server acknowledged them.") => Count = count;

    /// <summary>An upper bound of the messages lost.</summary>
    public long Count { get; }
}

/// <summary>A wait that could not end, since the client's own observer of the named group has paused reading. (contract, "§5")</summary>
public sealed class MsgcPausedException : MsgcException
{
    /// <summary>Makes one.</summary>
    public MsgcPausedException(string group)
        : base($"The connection's reading is paused by an observer of group '{group}' of this very client; the answer waited for lies behind it.") => Group = group;

    /// <summary>The group whose observer has paused reading.</summary>
    public string Group { get; }
}
