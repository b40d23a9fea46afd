using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Routing;

/// <summary>
/// A group in which a server itself publishes, and only while somebody listens there. Its messages carry the server's incarnation as
/// sender, and numbers as any other's; one that a listener's queue has no room for is dropped there.
/// </summary>
/// <param name="name">The group's name; it starts with $.</param>
/// <param name="incarnation">The server's.</param>
/// <param name="maxFrameBytes">The largest frame.</param>
/// <param name="payload">What is to be said, in at most so many bytes.</param>
internal sealed class SystemGroup(byte[] name, ulong incarnation, int maxFrameBytes, Func<int, ReadOnlyMemory<byte>> payload)
{
    private readonly Lock _gate = new();
    private ulong _number;

    public byte[] Name => name;

    /// <summary>Publishes it to those who listen; false, having asked for nothing, when nobody does.</summary>
    public bool Publish(Switchboard switchboard)
    {
        lock (_gate)
        {
            if (switchboard.Find(name) is not { Recipients: { Length: > 0 } recipients }) return false;
            var content = payload(maxFrameBytes - MessageFrame.LengthOf(name.Length, 0)).Span;
            var frame = new byte[MessageFrame.LengthOf(name.Length, content.Length)];
            MessageFrame.Write(frame, incarnation, ++_number, name, content);
            foreach (var recipient in recipients)
            {
                var run = new Run(new Block(frame), 0, frame.Length, 1);
                if (!recipient.Outbox.TryReserve(run.Load)) continue;
                recipient.Outbox.Enqueue(run);
                recipient.Outbox.Wake();
            }
            return true;
        }
    }
}
