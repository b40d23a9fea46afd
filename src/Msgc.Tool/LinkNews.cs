using Msgc.Reactive;

namespace Msgc.Tool;

/// <summary>Says on standard error what becomes of a server's links, each change once; peers that are not there yet are no news.</summary>
internal sealed class LinkNews(string serverName) : IObserver<IReadOnlyList<MsgcPeerState>>
{
    private readonly Dictionary<string, MsgcPeerState> _known = new(StringComparer.Ordinal);

    public void OnNext(IReadOnlyList<MsgcPeerState> value)
    {
        foreach (var peer in value)
        {
            var before = _known.GetValueOrDefault(peer.Name);
            _known[peer.Name] = peer;
            if (peer != before && Describe(peer) is { } line) Notice.Say(line);
        }
    }

    public void OnError(Exception error)
    {
    }

    public void OnCompleted()
    {
    }

    private string? Describe(MsgcPeerState peer)
    {
        var reason = peer.Reason?.TrimEnd('.');
        return peer.Phase switch
        {
            MsgcPeerPhase.Linked => $"linked to {peer.Name}",
            MsgcPeerPhase.Lost => $"lost {peer.Name}: {peer.Cause}: {reason}",
            MsgcPeerPhase.Connecting when peer.Cause == MsgcCause.Refused => $"refused by {peer.Name}: {reason}",
            MsgcPeerPhase.Self => $"{peer.Name} at {peer.Endpoint} is this server itself, whose name is {serverName}",
            _ => null,
        };
    }
}
