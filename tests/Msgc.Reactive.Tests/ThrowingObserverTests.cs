using System.Reactive.Linq;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests;

/// <summary>What an observer throws costs it its subscription, and nobody else anything: not the other messages of the frame, nor the connection.</summary>
public sealed class ThrowingObserverTests : IDisposable
{
    private static readonly string[] OneFrame = ["1", "2", "3", "4", "5"];

    private readonly World _world = new();
    private readonly MsgcClient _publisher;
    private readonly MsgcClient _member;
    private readonly List<string> _reported = [];
    private readonly List<MsgcConnectionState> _states = [];
    private readonly List<string> _seen = [];

    public ThrowingObserverTests()
    {
        _publisher = _world.Client("publisher");
        _member = _world.Client("member");
        _world.Settle();
        _member.Diagnostics.Subscribe(diagnostic => _reported.Add($"{diagnostic.Kind} {diagnostic.Group} {diagnostic.Error!.Message}"));
        _member.State.Subscribe(_states.Add);
    }

    private MsgcGroup Group => _member.Group("x");

    public void Dispose()
    {
        _world.Settle();
        Assert.Single(_states); // the connection is the first one
        _world.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    public void An_only_observer_hears_nothing_after_what_it_threw_at_and_a_later_one_all_that_comes_then(int throwsAt)
    {
        Group.Subscribe(message => See(message, throwsAt));
        Publish(OneFrame);
        Assert.Equal(OneFrame[..throwsAt], _seen);
        Assert.Equal(["ObserverFailed x ouch"], _reported);

        _seen.Clear();
        using var later = Group.Subscribe(message => See(message));
        Publish("6", "7");
        Assert.Equal(["6", "7"], _seen);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void Who_hears_the_groups_events_hears_that_message_too(int throwsAt)
    {
        var events = new List<string>();
        using var all = Group.Events.Where(e => e.Message is not null).Subscribe(e => events.Add(e.Shown()));
        Group.Subscribe(message => See(message, throwsAt));
        Publish(OneFrame);
        Assert.Equal(OneFrame[..throwsAt], _seen);
        Assert.Equal(OneFrame, events);
    }

    [Fact]
    public void One_of_several_is_alone_in_hearing_nothing_more_and_the_last_of_them_is_guarded_like_an_only_one()
    {
        var other = new List<string>();
        Group.Subscribe(message => See(message, throwsAt: 2));
        Group.Subscribe(message =>
        {
            other.Add(message.Text());
            if (message.Text() == "4") throw new InvalidOperationException("too");
        });
        Publish(OneFrame);
        Assert.Equal(["1", "2"], _seen);
        Assert.Equal(["1", "2", "3", "4"], other);
        Assert.Equal(["ObserverFailed x ouch", "ObserverFailed x too"], _reported);
    }

    [Fact]
    public void One_that_unsubscribes_and_throws_is_reported_still()
    {
        IDisposable? subscription = null;
        subscription = Group.Subscribe(message =>
        {
            if (message.Text() == "2") subscription!.Dispose();
            See(message, throwsAt: 2);
        });
        Publish(OneFrame);
        Assert.Equal(["1", "2"], _seen);
        Assert.Equal(["ObserverFailed x ouch"], _reported);
    }

    [Fact]
    public void One_that_subscribes_another_and_throws_leaves_it_the_rest_of_the_frame()
    {
        var other = new List<string>();
        Group.Subscribe(message =>
        {
            if (message.Text() == "2") Group.Subscribe(m => other.Add(m.Text()));
            See(message, throwsAt: 2);
        });
        Publish(OneFrame);
        Assert.Equal(["1", "2"], _seen);
        Assert.Equal(["3", "4", "5"], other);
    }

    [Fact]
    public void One_that_takes_anothers_place_within_a_frame_answers_for_itself()
    {
        IDisposable? first = null;
        first = Group.Subscribe(message =>
        {
            if (message.Text() != "2") return;
            Group.Subscribe(m => See(m, throwsAt: 4));
            first!.Dispose();
        });
        Publish(OneFrame);
        Assert.Equal(["3", "4"], _seen);
        Assert.Equal(["ObserverFailed x ouch"], _reported);
    }

    [Fact]
    public void Other_groups_of_the_same_block_are_heard()
    {
        var other = new List<string>();
        Group.Subscribe(message => See(message, throwsAt: 1));
        using var good = _member.Group("y").Subscribe(message => other.Add(message.Text()));
        _world.Settle();
        _publisher.Group("y").Publish("before");
        _publisher.Group("x").Publish("1");
        _publisher.Group("x").Publish("2");
        _publisher.Group("y").Publish("after");
        _world.Settle();
        Assert.Equal(["1"], _seen);
        Assert.Equal(["before", "after"], other);
    }

    [Fact]
    public void What_an_observer_catches_itself_is_nobody_elses()
    {
        using var subscription = Group.Subscribe(message =>
        {
            try
            {
                See(message, throwsAt: 1);
            }
            catch (InvalidOperationException)
            {
            }
        });
        Publish(OneFrame);
        Assert.Equal(OneFrame, _seen);
        Assert.Empty(_reported);
    }

    private void See(MsgcMessage message, int throwsAt = 0)
    {
        _seen.Add(message.Text());
        if (message.Text() == $"{throwsAt}") throw new InvalidOperationException("ouch");
    }

    // At one instant, and so in one frame.
    private void Publish(params string[] messages)
    {
        _world.Settle();
        foreach (var message in messages) _publisher.Group("x").Publish(message);
        _world.Settle();
    }
}
