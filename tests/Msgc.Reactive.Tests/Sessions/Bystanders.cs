using System.Reactive.Linq;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>Two healthy clients that talk while somebody else misbehaves, and must not notice.</summary>
internal sealed class Bystanders
{
    public const string Group = "bystanders";

    private readonly World _world;
    private readonly MsgcClient _publisher;
    private readonly MsgcClient _member;
    private readonly List<string> _expected = ["+member [member] Current"];
    private readonly List<string> _seen = [];
    private readonly List<string> _states = [];

    public Bystanders(World world)
    {
        _world = world;
        _publisher = world.Client("publisher");
        _member = world.Client("member");
        _member.Group(Group).Events.Subscribe(e => _seen.Add(e.Shown()));
        _member.State.Merge(_publisher.State).Where(s => s.Phase != MsgcConnectionPhase.Connecting).Subscribe(s => _states.Add($"{s.Phase} {s.Cause}".TrimEnd()));
        world.Settle();
    }

    /// <summary>Publishes without waiting for what happens.</summary>
    public void Talk(string text)
    {
        _publisher.Group(Group).Publish(text);
        _expected.Add(text);
    }

    /// <summary>All that was said was heard, once and in order; nothing else happened; after the end nothing is kept.</summary>
    public void AssertUndisturbed()
    {
        Talk("last");
        var flushed = _publisher.FlushAsync();
        _world.Settle();
        Assert.True(flushed.IsCompletedSuccessfully);
        Assert.Equal(_expected, _seen);
        Assert.Equal(["Connected", "Connected"], _states);
        _world.Dispose();
        Assert.Equal((0, 0, 0), (_world.Server.Pool.Outstanding, _publisher.Pool.Outstanding, _member.Pool.Outstanding));
        Assert.Equal(0, _world.Network.Connections);
    }
}
