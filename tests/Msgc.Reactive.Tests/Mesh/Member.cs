namespace Msgc.Reactive.Tests.Mesh;

/// <summary>A client that is a member of group x, and all that it has heard there.</summary>
internal sealed class Member
{
    private Member(MsgcClient client)
    {
        Client = client;
        client.Group("x").Events.Subscribe(Events.Add);
    }

    public MsgcClient Client { get; }

    public List<MsgcGroupEvent> Events { get; } = [];

    public static Member In(Cluster cluster, string name, params string[] servers) => new(cluster.Client(name, servers));

    public void Forget() => Events.Clear();

    /// <summary>The texts of its messages, in order.</summary>
    public List<string> Texts() => [.. Events.Where(e => e.Message is not null).Select(e => e.Message!.Value.Text())];

    /// <summary>Its gaps, ordered by what they tell.</summary>
    public List<string> Gaps() => [.. Events.Where(e => e.Gap is not null).Select(e => e.Told()).Order(StringComparer.Ordinal)];

    /// <summary>The members of its last view, ordered by name.</summary>
    public string Latest() => string.Join(' ', LatestView().Members.Select(m => m.ClientName).Order(StringComparer.Ordinal));

    public MsgcViewId LatestId() => LatestView().Id;

    /// <summary>Numbers rise, and before each message of a sender that follows a skip there is the gap with that count.</summary>
    public void AssertNumbersRiseAndSkipsAreTold()
    {
        var last = new Dictionary<MsgcClientId, long>();
        var told = new Dictionary<MsgcClientId, long>();
        foreach (var e in Events)
        {
            if (e.Gap is { Sender: { } sender, Count: { } count }) told[sender] = count;
            if (e.Message is not { } message) continue;
            if (last.TryGetValue(message.Sender, out var before))
            {
                Assert.True(message.Number > before, $"number {message.Number} after {before}");
                if (message.Number > before + 1) Assert.Equal(message.Number - before - 1, told.GetValueOrDefault(message.Sender));
            }
            last[message.Sender] = message.Number;
            told.Remove(message.Sender);
        }
    }

    private MsgcView LatestView() => Events.Last(e => e.View is not null).View!;
}
