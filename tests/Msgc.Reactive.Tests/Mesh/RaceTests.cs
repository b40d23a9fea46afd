using System.Collections;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Mesh;

/// <summary>What threads may do at the same time, done by one in the midst of what another would do.</summary>
public sealed class RaceTests
{
    private readonly VirtualScheduler _scheduler = new();
    private readonly HandConnection.Transport _transport = new();

    [Fact]
    public void A_link_that_was_replaced_before_the_tables_heard_of_it_does_not_take_the_place_of_the_one_after_it()
    {
        var server = Start(new Dictionary<string, string> { ["raw"] = "raw" });
        var first = Link();
        var third = default(HandConnection);
        first.Aborting = () => third = Link(); // by the second, which is settled then, and not attached
        var second = Link();
        Settle();
        Assert.Equal((true, true, false), (first.HasEnded, second.HasEnded, third!.HasEnded));

        var client = _transport.Accept();
        client.Say(Sessions.Raw.Hello().Write(), Sessions.Raw.Named(FrameKind.Join, "x"));
        Settle();
        Assert.Single(third.Of(FrameKind.Interest));
        Assert.Empty(client.Of(FrameKind.JoinAck)); // the link has not confirmed
        third.Say(Frames.Number(FrameKind.InterestAck, 1));
        Settle();
        Assert.Single(client.Of(FrameKind.JoinAck));
        Stop(server);
    }

    [Fact]
    public void Peers_added_while_the_server_begins_to_stop_are_not_dialled()
    {
        var server = Start(new Dictionary<string, string> { ["b"] = "b" });
        Settle();
        var stop = Task.CompletedTask;
        server.Configure(server.Options with { Peers = new WatchedPeers(new() { ["b"] = "b", ["c"] = "c" }, times =>
        {
            if (times == 2) stop = server.StopAsync(); // first they are checked, then taken up
        }) });
        Settle();
        Assert.True(stop.IsCompletedSuccessfully);
        Assert.Equal(["b"], _transport.Dialled);
    }

    private MsgcServer Start(IReadOnlyDictionary<string, string> peers)
    {
        var entropy = 0UL;
        return MsgcServer.StartAsync(new MsgcServerOptions
        {
            NodeName = "a", Peers = peers, Scheduler = _scheduler, Transport = _transport, Entropy = () => ++entropy,
        }).GetAwaiter().GetResult();
    }

    /// <summary>A connection of the peer "raw" with all of its handshake said.</summary>
    private HandConnection Link()
    {
        var connection = _transport.Accept();
        var hello = new PeerHelloFrame(99, 7, TimeSpan.FromSeconds(30), 1 << 20, "raw", "a");
        connection.Say(hello.Write());
        Settle();
        var welcome = PeerWelcomeFrame.Read(new Frame(Assert.Single(connection.Of(FrameKind.PeerWelcome))), out _)!;
        connection.Say(PeerProof.Confirm(PeerProof.Of(null, byDialler: true, (hello.Nonce, hello.Incarnation), (welcome.Nonce, welcome.Incarnation))));
        return connection;
    }

    private void Stop(MsgcServer server)
    {
        var disposal = server.DisposeAsync();
        Settle();
        Assert.True(disposal.IsCompleted);
    }

    private void Settle() => new Simulation(_scheduler).AdvanceBy(TimeSpan.FromMilliseconds(1));

    /// <summary>Peers that tell how often they have been gone through.</summary>
    private sealed class WatchedPeers(Dictionary<string, string> peers, Action<int> told) : IReadOnlyDictionary<string, string>
    {
        private int _times;

        public IEnumerable<string> Keys => peers.Keys;

        public IEnumerable<string> Values => peers.Values;

        public int Count => peers.Count;

        public string this[string key] => peers[key];

        public bool ContainsKey(string key) => peers.ContainsKey(key);

        public bool TryGetValue(string key, out string value) => peers.TryGetValue(key, out value!);

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
        {
            told(++_times);
            return peers.GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
