using Msgc.Reactive.Groups;

namespace Msgc.Reactive.Tests.Groups;

/// <summary>Joins and leaves on one session, and which acknowledgement is whose. (contract, "§4")</summary>
public sealed class StandingTests
{
    [Fact]
    public void A_join_stands_from_its_acknowledgement_until_the_leave()
    {
        var standing = default(Standing);
        Assert.False(standing.IsReceiving);
        standing.Join();
        Assert.Equal((true, true, false), (standing.IsJoined, standing.IsReceiving, standing.Stands));
        Assert.True(standing.Joined());
        Assert.True(standing.Stands);
        standing.Leave(isSent: true);
        Assert.Equal((false, false, false), (standing.IsJoined, standing.IsReceiving, standing.Stands));
    }

    [Fact]
    public void Between_a_leave_and_its_acknowledgement_nothing_is_received_though_joined_again()
    {
        var standing = default(Standing);
        standing.Join();
        standing.Leave(isSent: true);
        standing.Join();
        Assert.False(standing.Joined()); // the first one's
        Assert.False(standing.IsReceiving);
        standing.Left();
        Assert.True(standing.IsReceiving);
        Assert.True(standing.Joined());
    }

    [Fact]
    public void A_leave_that_is_not_sent_is_waited_for_by_nobody()
    {
        var standing = default(Standing);
        standing.Join();
        standing.Leave(isSent: false);
        Assert.False(standing.IsReceiving);
        standing.Join();
        Assert.True(standing.IsReceiving);
    }

    [Fact]
    public void Acknowledgements_that_nothing_was_sent_for_change_nothing()
    {
        var standing = default(Standing);
        Assert.False(standing.Joined());
        standing.Left();
        standing.Join();
        Assert.True(standing.IsReceiving);
        standing.Leave(isSent: true);
        Assert.False(standing.Joined());
    }
}
