using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Simulation.Wire;

/// <summary>Listens in on all links between servers.</summary>
internal sealed class LinkTap(Run run)
{
    /// <summary>A message that crossed a link without interest at its far end, if one has.</summary>
    public string? Uncalled { get; set; }

    public IMsgcTransport Wrap(IMsgcTransport transport, string host) =>
        new WrappedTransport(transport, connection => new TappedConnection(connection, new LinkEnd(run, this, host)));
}
