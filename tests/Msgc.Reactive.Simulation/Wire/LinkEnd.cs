using System.Text;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Simulation.Actors;

namespace Msgc.Reactive.Simulation.Wire;

/// <summary>
/// One end of what may be a link: what the far end has told of its interest, and whether messages go out without any. A connection that
/// begins with another greeting than a peer's is looked at no further.
/// </summary>
internal sealed class LinkEnd
{
    private readonly Run _run;
    private readonly LinkTap _tap;
    private readonly string _host;
    private readonly FrameReader _sent = new();
    private readonly FrameReader _received = new();
    private readonly FrameReader.Found _onSent;
    private readonly FrameReader.Found _onReceived;
    private readonly Dictionary<string, long> _withdrawn = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ulong> _wanted = new(StringComparer.Ordinal); // and under which serial

    public LinkEnd(Run run, LinkTap tap, string host)
    {
        (_run, _tap, _host) = (run, tap, host);
        _onSent = OnSent;
        _onReceived = OnReceived;
    }

    public bool IsOpen { get; private set; } = true;

    public void Sent(ReadOnlySpan<byte> bytes) => _sent.Add(bytes, _onSent);

    public void Received(ReadOnlySpan<byte> bytes) => _received.Add(bytes, _onReceived);

    private void OnSent(Frame frame)
    {
        if (frame.Kind is FrameKind.Hello or FrameKind.Welcome or FrameKind.Refused) IsOpen = false;
        if (frame.Kind != FrameKind.Message) return;
        var group = Encoding.UTF8.GetString(MessageFrame.Name(frame.Bytes));
        if (_wanted.ContainsKey(group)) return;
        var at = Payload.Read(frame.Bytes[(MessageFrame.HeaderBytes + group.Length)..]).At;
        if (!_withdrawn.TryGetValue(group, out var since)) _tap.Uncalled ??= $"{_host} sent a message to {group} over a link whose far end never wanted any";
        else if (at > since + Patience) _tap.Uncalled ??= $"{_host} sent a message to {group}, published at {at / 1e7:f4}, over a link whose far end has not wanted any since {since / 1e7:f4}";
    }

    /// <summary>A withdrawal that has arrived may wait behind a stall before it is read.</summary>
    private long Patience => (2 * _run.Scenario.Rules.StallTimeout).Ticks;

    private void OnReceived(Frame frame)
    {
        if (frame.Kind is FrameKind.Hello or FrameKind.Welcome or FrameKind.Refused) IsOpen = false;
        if (frame.Kind == FrameKind.Interest)
        {
            var rest = frame.Bytes[InterestFrame.HeaderBytes..];
            while (InterestFrame.TryNext(ref rest, out var name)) _wanted[Encoding.UTF8.GetString(name)] = InterestFrame.Serial(frame);
        }
        else if (frame.Kind == FrameKind.NoInterest)
        {
            var group = Encoding.UTF8.GetString(InterestFrame.Name(frame));
            if (_wanted.GetValueOrDefault(group) > InterestFrame.Serial(frame)) return; // told anew since
            _wanted.Remove(group);
            _withdrawn[group] = _run.Now;
        }
    }
}
