using Msgc.Reactive.Framing;
using Msgc.Reactive.Groups;

namespace Msgc.Reactive.Tests.Groups;

/// <summary>Views on their way to a watcher: merged while they wait, whole when they arrive.</summary>
public sealed class PendingViewTests
{
    private readonly Roster _roster = new();
    private readonly PendingView _pending;
    private readonly KnownView _known = new("x");

    public PendingViewTests() => _pending = new PendingView("x"u8.ToArray(), _roster);

    [Fact]
    public void Changes_that_wait_merge_into_one_view_with_the_latest_cause()
    {
        Assert.True(_pending.Snapshot());
        Assert.Equal(" [] Current", Tell());
        Assert.True(Join(1));
        Assert.False(Join(2));
        Assert.False(Leave(1, MsgcViewCause.Disconnect));
        Assert.Equal("+c2 [c2] Disconnect", Tell());
        Assert.Null(Tell());
    }

    [Fact]
    public void Who_comes_and_goes_while_nobody_reads_is_not_told_at_all()
    {
        _pending.Snapshot();
        Tell();
        Join(1);
        Leave(1, MsgcViewCause.Leave);
        Assert.Null(Tell());
    }

    [Fact]
    public void A_member_that_leaves_and_comes_back_on_another_server_has_moved()
    {
        Join(1);
        _pending.Snapshot();
        Tell();
        Leave(1, MsgcViewCause.Shutdown);
        var member = new RosterMember(1, 2, "c1", "other");
        _roster.Join(member);
        _pending.Change(ViewEntryKind.Joined, member, MsgcViewCause.Shutdown);
        Assert.Equal(" [c1] Shutdown", Tell());
        Assert.Equal("other", _known.Current!.Members[0].ServerName);
    }

    [Fact]
    public void A_member_that_moves_is_told_with_its_new_server_and_one_that_joined_just_before_as_joined()
    {
        Join(1);
        _pending.Snapshot();
        Tell();
        Join(2);
        Move(1);
        Move(2);
        Assert.Equal("+c2 [c1 c2] Shutdown", Tell());
        Assert.All(_known.Current!.Members, member => Assert.Equal("other", member.ServerName));
    }

    [Fact]
    public void A_peer_is_told_of_one_servers_members_only()
    {
        Join(1);
        _roster.Join(new RosterMember(2, 1, "c2", "other"));
        var pending = new PendingView("x"u8.ToArray(), _roster, "server");
        pending.Snapshot();
        Assert.Equal("+c1 [c1] Current", Apply(pending.Next()!)!.Shown());
    }

    [Fact]
    public void A_peer_is_told_the_last_word_on_each_member_since_it_may_know_an_earlier_session()
    {
        var pending = new PendingView("x"u8.ToArray(), _roster, "server");
        pending.Snapshot();
        pending.Next();
        pending.Next();
        var one = new RosterMember(1, 7, "c1", "server");
        pending.Change(ViewEntryKind.Left, one with { Session = 3 }, MsgcViewCause.Leave);
        pending.Change(ViewEntryKind.Joined, one, MsgcViewCause.Join);
        pending.Change(ViewEntryKind.Joined, one with { Client = 2 }, MsgcViewCause.Join);
        pending.Change(ViewEntryKind.Left, one with { Client = 2 }, MsgcViewCause.Leave);
        var entries = new List<ViewEntry>();
        Assert.Null(ViewFrame.Read(new Frame(pending.Next()!), byte.MaxValue, entries));
        Assert.Equal([(ViewEntryKind.Joined, 1UL, 7UL), (ViewEntryKind.Left, 2UL, 7UL)], entries.Select(e => (e.Kind, e.Client, e.Session)));
    }

    [Fact]
    public void A_snapshot_forgets_what_waited_and_tells_the_members_as_they_are_when_it_is_written()
    {
        _pending.Snapshot();
        Join(1);
        Join(2);
        Leave(1, MsgcViewCause.Leave);
        Assert.Equal("+c2 [c2] Current", Tell());
        _pending.Snapshot();
        Assert.Null(Tell());
    }

    [Fact]
    public void A_large_view_goes_in_chunks_and_changes_meanwhile_come_after_it()
    {
        for (var id = 1UL; id <= 3000; id++) Join(id);
        _pending.Snapshot();
        var first = _pending.Next()!;
        Assert.InRange(first.Length, 900, 1024);
        Assert.Null(Apply(first));
        Assert.True(Join(3001));
        MsgcView? view = null;
        while (_pending.Next() is { } chunk) view = Apply(chunk) ?? view;
        Assert.Equal(3000, view!.Members.Count);
        Assert.Equal("+c3001 3001", Tell(v => $"{string.Concat(v.Joined.Select(m => $"+{m.ClientName}"))} {v.Members.Count}"));
        Assert.Equal(_roster.ViewId, _known.Current!.Id.Value);
    }

    private bool Join(ulong id)
    {
        var member = new RosterMember(id, 1, $"c{id}", "server");
        _roster.Join(member);
        return _pending.Change(ViewEntryKind.Joined, member, MsgcViewCause.Join);
    }

    private bool Leave(ulong id, MsgcViewCause cause) => _pending.Change(ViewEntryKind.Left, _roster.Leave(id, 1)!, cause);

    private void Move(ulong id)
    {
        var member = new RosterMember(id, 2, $"c{id}", "other");
        _roster.Join(member);
        _pending.Change(ViewEntryKind.Moved, member, MsgcViewCause.Shutdown);
    }

    private string? Tell(Func<MsgcView, string>? show = null)
    {
        MsgcView? view = null;
        while (_pending.Next() is { } frame) view = Apply(frame) ?? view;
        return view is null ? null : (show ?? (v => v.Shown()))(view);
    }

    private MsgcView? Apply(byte[] bytes)
    {
        var entries = new List<ViewEntry>();
        var frame = new Frame(bytes);
        Assert.Null(ViewFrame.Read(frame, byte.MaxValue, entries));
        return _known.Apply(
            (frame.Flags & ViewFrame.First) != 0, (frame.Flags & ViewFrame.Last) != 0, (frame.Flags & ViewFrame.Snapshot) != 0,
            ViewFrame.ViewId(frame), (MsgcViewCause)ViewFrame.Cause(frame), entries);
    }
}
