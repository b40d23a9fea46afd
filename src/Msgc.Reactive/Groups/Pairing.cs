namespace Msgc.Reactive.Groups;

/// <summary>
/// Which of several connections between two servers is their one link; each end has one of these, and both come to the same. The dialling
/// end confirms one connection at a time; the accepting end settles on what is confirmed; crossing confirmations are settled by name: that
/// of the server whose name is lower goes first. A newer confirmation replaces a settled link, since its sender has lost that.
/// <code>
/// dialler                             acceptor
///   hello        ------------------&gt;    TryHello
///   TryWelcome   &lt;------------------    welcome          true: confirms
///   confirm      ------------------&gt;    TryConfirm       true: settled here
///   TryReady     &lt;------------------    ready            true: settled here, too
/// </code>
/// </summary>
/// <param name="goesFirst">True at the server whose name is the lower one.</param>
internal sealed class Pairing<T>(bool goesFirst)
    where T : class
{
    private readonly List<T> _welcomed = [];
    private T? _confirmed;

    /// <summary>The link, as this end sees it.</summary>
    public T? Settled { get; private set; }

    /// <summary>Accepted: the far end has said hello and is welcomed.</summary>
    public void Hello(T connection) => _welcomed.Add(connection);

    /// <summary>Dialled, and welcomed by the far end: true when it is to be confirmed, false when it is to be given up.</summary>
    public bool TryWelcome(T connection)
    {
        if (Settled is not null || _confirmed is not null) return false;
        _confirmed = connection;
        return true;
    }

    /// <summary>Accepted, and confirmed by the far end: true when it is the link; false when it is to be given up.</summary>
    /// <param name="connection">Which.</param>
    /// <param name="others">Those to be given up, once it is the link.</param>
    public bool TryConfirm(T connection, out List<T> others)
    {
        others = [];
        if (!_welcomed.Contains(connection) || (goesFirst && _confirmed is not null)) return false;
        others = Settle(connection);
        return true;
    }

    /// <summary>Dialled, confirmed, and settled at the far end: true when it is the link.</summary>
    /// <param name="connection">Which.</param>
    /// <param name="others">Those to be given up, once it is the link.</param>
    public bool TryReady(T connection, out List<T> others)
    {
        others = [];
        if (_confirmed != connection) return false;
        others = Settle(connection);
        return true;
    }

    /// <summary>It has ended, whatever it was. True when it was the link.</summary>
    public bool Ended(T connection)
    {
        _welcomed.Remove(connection);
        if (_confirmed == connection) _confirmed = null;
        if (Settled != connection) return false;
        Settled = null;
        return true;
    }

    private List<T> Settle(T connection)
    {
        List<T> others = [.. _welcomed];
        if (_confirmed is not null) others.Add(_confirmed);
        if (Settled is not null) others.Add(Settled);
        others.Remove(connection);
        _welcomed.Clear();
        _confirmed = null;
        Settled = connection;
        return others;
    }
}
