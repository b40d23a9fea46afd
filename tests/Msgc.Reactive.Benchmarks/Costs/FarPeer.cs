using System.Buffers.Binary;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>A peer that dials, played frame by frame. It knows which interest it has yet to confirm.</summary>
internal sealed class FarPeer
{
    private readonly PeerHelloFrame _hello;
    private readonly Queue<ulong> _interest = new();
    private byte[]? _proof;

    public FarPeer(Wire wire, string name, ulong incarnation)
    {
        Wire = wire;
        _hello = new PeerHelloFrame(incarnation, incarnation, TimeSpan.FromSeconds(30), 1 << 20, name, "a");
        wire.Came = Came;
    }

    public Wire Wire { get; }

    public byte[] Hello() => _hello.Write();

    public byte[] Confirm() => PeerProof.Confirm(_proof);

    /// <summary>Confirms what was told since, but for the last so many times; nothing when there is nothing.</summary>
    public void ConfirmInterest(int behind = 0)
    {
        if (_interest.Count <= behind) return;
        while (_interest.Count > behind + 1) _interest.Dequeue();
        Span<byte> frame = stackalloc byte[Frame.HeaderBytes + 8];
        frame.Clear();
        frame[0] = (byte)frame.Length;
        frame[4] = (byte)FrameKind.InterestAck;
        BinaryPrimitives.WriteUInt64LittleEndian(frame[Frame.HeaderBytes..], _interest.Dequeue());
        Wire.Feed(frame);
    }

    private void Came(FrameKind kind, ReadOnlySpan<byte> bytes)
    {
        if (kind == FrameKind.Interest)
        {
            _interest.Enqueue(InterestFrame.Serial(new Frame(bytes)));
        }
        else if (kind == FrameKind.PeerWelcome)
        {
            var welcome = PeerWelcomeFrame.Read(new Frame(bytes), out _)!;
            _proof = PeerProof.Of(null, byDialler: true, (_hello.Nonce, _hello.Incarnation), (welcome.Nonce, welcome.Incarnation));
        }
    }
}
