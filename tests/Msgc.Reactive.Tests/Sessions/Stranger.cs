using Msgc.Reactive.Framing;
using Msgc.Reactive.Tests.Testing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>One end of a connection that is no client and no server: it sends whatever a test wants and writes down what comes back.</summary>
internal sealed class Stranger
{
    public const ulong Id = 0xE71;

    private readonly Peer _peer;

    private Stranger(World world, IMsgcConnection connection)
    {
        _peer = new Peer(world.Scheduler, connection);
        connection.Start(_peer);
    }

    public static byte[] Hello { get; } = new HelloFrame(Id, 1, TimeSpan.FromSeconds(30), "stranger", NoEcho: false).Write();

    /// <summary>Why it ended, as this side saw it; null while it lives.</summary>
    public MsgcCause? End => _peer.End?.Cause;

    /// <summary>What came back so far, by kind.</summary>
    public string Kinds => string.Join(' ', Frames().Select(f => ((FrameKind)f[4]).ToString()));

    /// <summary>Dials the world's server, and says hello unless told not to.</summary>
    public static Stranger Dial(World world, bool hello = true)
    {
        Stranger? stranger = null;
        // The subscription owns the connection; strangers hold theirs for as long as the world lives.
        world.Network.Host("evil").Dial(MsgcEndpoint.Parse("server:4809"), new MsgcSocketOptions()).Subscribe(connection => stranger = new Stranger(world, connection));
        world.Settle();
        if (hello)
        {
            stranger!.Send(Hello);
            world.Settle();
            Assert.Equal("Welcome", stranger.Kinds);
        }
        return stranger!;
    }

    /// <summary>Listens on the host evil, and answers each connection's first bytes.</summary>
    public static List<Stranger> Listen(World world, params byte[][] answer)
    {
        var accepted = new List<Stranger>();
        world.Network.Host("evil").Listen(MsgcEndpoint.Parse("*:4809"), new MsgcSocketOptions()).Start(connection =>
        {
            var stranger = new Stranger(world, connection);
            accepted.Add(stranger);
            stranger._peer.Receiving = _ =>
            {
                stranger._peer.Receiving = null;
                if (answer.Length > 0) stranger.Send(answer);
            };
        });
        return accepted;
    }

    public void Send(params byte[][] frames) => _peer.Send(frames);

    public void Close() => _peer.Connection.Abort(MsgcCause.Closed);

    /// <summary>What came back so far, cut into frames.</summary>
    public List<byte[]> Frames()
    {
        var bytes = _peer.Received.ToArray().AsSpan();
        var frames = new List<byte[]>();
        while (Frame.TryRead(bytes, int.MaxValue, out var frame, out _) == FrameStatus.Complete)
        {
            frames.Add(frame.Bytes.ToArray());
            bytes = bytes[frame.Bytes.Length..];
        }
        return frames;
    }

    /// <summary>Checks that the connection ended for this reason, and for the server's part was logged once, with this address.</summary>
    public void AssertEnded(RecordingLogs logs, string reason)
    {
        Assert.Equal(MsgcCause.Closed, End);
        var error = Assert.Single(logs.Errors);
        Assert.StartsWith("Connection from evil:32768 broke the protocol: ", error, StringComparison.Ordinal);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }
}
