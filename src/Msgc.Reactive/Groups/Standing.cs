namespace Msgc.Reactive.Groups;

/// <summary>
/// How a client's join of one group stands on one session: what was sent there last, and what is not acknowledged yet. A value, so that
/// what stands on the next session can become what stands. Under the client's gate. (contract, "§4")
/// </summary>
internal struct Standing
{
    private int _joins;
    private int _leaves;

    /// <summary>The last word sent there is a join.</summary>
    public bool IsJoined { get; private set; }

    /// <summary>That join is acknowledged.</summary>
    public bool Stands { get; private set; }

    /// <summary>True while the group's messages from there are wanted: not between a leave and its acknowledgement.</summary>
    public readonly bool IsReceiving => IsJoined && _leaves == 0;

    public void Join()
    {
        IsJoined = true;
        _joins++;
    }

    /// <summary>Left; by a frame that will be acknowledged, unless the session is told to leave everything anyway.</summary>
    public void Leave(bool isSent)
    {
        IsJoined = Stands = false;
        if (isSent) _leaves++;
    }

    /// <summary>A join's acknowledgement; true when it is that of the last one and nothing was left since.</summary>
    public bool Joined()
    {
        if (_joins > 0) _joins--;
        if (_joins > 0 || !IsJoined) return false;
        return Stands = true;
    }

    /// <summary>A leave's acknowledgement.</summary>
    public void Left()
    {
        if (_leaves > 0) _leaves--;
    }
}
