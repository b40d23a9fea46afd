using System.Text;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>Finds the runs in received bytes, and to whom they go. The last group looked up is remembered.</summary>
internal sealed class RunGatherer(ISwitchboard switchboard)
{
    private static readonly ServerSession[] Nobody = [];

    private byte[] _lastGroup = []; // of the longest name from the first message on, since a session may never publish
    private int _lastLength;
    private IRoute? _lastRoute;
    private int _lastVersion = -1;

    /// <summary>The last group looked up, for logs, which may catch it while it changes.</summary>
    public string LastGroup => Encoding.UTF8.GetString(Last);

    private ReadOnlySpan<byte> Last => _lastGroup.AsSpan(0, _lastLength);

    /// <summary>
    /// Gathers consecutive messages with equal recipients from the inbox's start, where a first one stands; they stay there. A wrong one
    /// ends the run before it, so that what is handled does not depend on how the bytes were cut; when it is the first the run is empty.
    /// </summary>
    /// <param name="inbox">The received bytes.</param>
    /// <param name="frame">The first message.</param>
    /// <param name="sender">Whose id all messages carry; null for a peer's, which may be anybody's and go to members here only.</param>
    /// <param name="limit">The longest run.</param>
    /// <param name="maxFrameBytes">The largest frame.</param>
    /// <param name="recipients">To whom the run goes.</param>
    /// <param name="wrong">What is wrong with the first message, if anything.</param>
    public Run Gather(Inbox inbox, Frame frame, ulong? sender, Load limit, int maxFrameBytes, out ServerSession[] recipients, out string? wrong)
    {
        var (messages, length) = (0, 0);
        var unread = inbox.Unread;
        recipients = Nobody;
        while (true)
        {
            wrong = Check(frame.Bytes, sender, out var next);
            if (wrong is not null) break;
            if (messages == 0) recipients = next;
            else if (next != recipients || length + frame.Bytes.Length > limit.Bytes) break;
            messages++;
            length += frame.Bytes.Length;
            if (messages >= limit.Messages || Frame.TryRead(unread[length..], maxFrameBytes, out frame, out _) != FrameStatus.Complete
                || frame.Kind != FrameKind.Message) break;
        }
        return messages == 0 ? default : new Run(inbox.Block, inbox.Start, length, messages);
    }

    /// <summary>Counts a handled run's messages with their groups.</summary>
    public void Count(Run run)
    {
        for (var rest = run.Bytes; Frame.TryRead(rest, int.MaxValue, out var frame, out _) == FrameStatus.Complete; rest = rest[frame.Bytes.Length..])
            switchboard.Find(MessageFrame.Name(frame.Bytes))?.Count();
    }

    /// <summary>What is wrong with a message, or null and its recipients.</summary>
    private string? Check(ReadOnlySpan<byte> frame, ulong? sender, out ServerSession[] recipients)
    {
        recipients = Nobody;
        if (MessageFrame.Check(frame) is { } reason) return reason;
        if (sender is { } client && MessageFrame.Sender(frame) != client) return "a message with a sender id that is not the client's own";
        var group = MessageFrame.Name(frame);
        var version = switchboard.Version;
        if (version != _lastVersion || !group.SequenceEqual(Last))
        {
            var route = switchboard.Find(group);
            // A group that somebody has joined has a valid name; others are looked at here.
            if (route is null && !GroupName.IsValid(group)) return "a message whose group is no valid name";
            if (sender is not null && GroupName.IsSystem(group)) return "a message to a group of the system's";
            _lastRoute = route;
            if (_lastGroup.Length == 0) _lastGroup = new byte[GroupName.MaxBytes];
            group.CopyTo(_lastGroup);
            _lastLength = group.Length;
            _lastVersion = version;
        }
        recipients = (sender is null ? _lastRoute?.LocalRecipients : _lastRoute?.Recipients) ?? Nobody;
        return null;
    }
}
