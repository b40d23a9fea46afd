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
    /// Gathers consecutive frames of messages with equal recipients from the inbox's start, where a first one stands; they stay there. A wrong one
    /// ends the run before it, so that what is handled does not depend on how the bytes were cut; when it is the first the run is empty.
    /// </summary>
    /// <param name="inbox">The received bytes.</param>
    /// <param name="frame">The first frame of messages.</param>
    /// <param name="sender">Whose id all messages carry; null for a peer's, which may be anybody's and go to members here only.</param>
    /// <param name="limit">The longest run, but for one of its first frame alone.</param>
    /// <param name="maxFrameBytes">The largest frame.</param>
    /// <param name="recipients">To whom the run goes.</param>
    /// <param name="wrong">What is wrong with the first message, if anything.</param>
    public Run Gather(Inbox inbox, Frame frame, ulong? sender, Load limit, int maxFrameBytes, out ServerSession[] recipients, out string? wrong)
    {
        var unread = inbox.Unread;
        var version = switchboard.Version;
        var (messages, length, size, each, packed) = (0, 0, frame.Bytes.Length, frame.Bytes.Length, MessageFrame.Messages(frame.Bytes));
        recipients = Nobody;
        wrong = MessageFrame.Check(frame.Bytes);
        while (wrong is null && size > 0 && (messages == 0 || (length + size <= limit.Bytes && messages + packed <= limit.Messages)))
        {
            var next = unread.Slice(length, size);
            if (sender is { } client && MessageFrame.Sender(next) != client)
            {
                wrong = "a message with a sender id that is not the client's own";
                break;
            }
            var group = MessageFrame.Name(next);
            var isOther = version != _lastVersion || !group.SequenceEqual(Last);
            if (isOther) wrong = Find(group, sender is not null, version);
            if (isOther || messages == 0)
            {
                var found = (sender is null ? _lastRoute?.LocalRecipients : _lastRoute?.Recipients) ?? Nobody;
                if (wrong is not null || (messages > 0 && found != recipients)) break;
                recipients = found;
            }
            if (size != each || packed > 1) each = 0;
            length += size;
            messages += packed;
            size = messages < limit.Messages ? MessageFrame.LengthOfWhole(unread[length..], maxFrameBytes, out packed) : 0;
        }
        return messages == 0 ? default : new Run(inbox.Block, inbox.Start, length, messages, Each: each);
    }

    /// <summary>Counts a handled run's messages with their groups.</summary>
    public void Count(Run run)
    {
        for (var rest = run.Bytes; Frame.TryRead(rest, int.MaxValue, out var frame, out _) == FrameStatus.Complete; rest = rest[frame.Bytes.Length..])
            switchboard.Find(MessageFrame.Name(frame.Bytes))?.Count(MessageFrame.Messages(frame.Bytes));
    }

    /// <summary>What is wrong with a group, or null and its route, now the last one.</summary>
    private string? Find(ReadOnlySpan<byte> group, bool isClients, int version)
    {
        var route = switchboard.Find(group);
        // A group that somebody has joined has a valid name; others are looked at here.
        if (route is null && !GroupName.IsValid(group)) return "a message whose group is no valid name";
        if (isClients && GroupName.IsSystem(group)) return "a message to a group of the system's";
        _lastRoute = route;
        if (_lastGroup.Length == 0) _lastGroup = new byte[GroupName.MaxBytes];
        group.CopyTo(_lastGroup);
        _lastLength = group.Length;
        _lastVersion = version;
        return null;
    }
}
