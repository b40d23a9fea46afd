namespace Msgc.Reactive.Tests.Mesh;

/// <summary>One client of a random life: what it does, what it knows to have been handled of what it published, and all that it heard, when.</summary>
internal sealed class Inhabitant
{
    private readonly Cluster _cluster;
    private readonly Dictionary<string, Ear> _ears;
    private readonly List<(string Group, long Number, long At)> _unflushed = [];
    private readonly List<(string Group, long Number, long From, long Until)> _handled = [];
    private readonly Dictionary<string, long> _numbers = [];

    public Inhabitant(Cluster cluster, string name, string[] servers, string[] groups)
    {
        _cluster = cluster;
        Client = cluster.Client(name, servers);
        _ears = groups.ToDictionary(group => group, group => new Ear(cluster, Client, group));
    }

    public MsgcClient Client { get; }

    public Task? LastFlush { get; private set; }

    public bool HasJoined(string group) => _ears[group].IsJoined;

    public MsgcView ViewOf(string group) => _ears[group].View!;

    /// <summary>Joins, leaves and publishes at random until told to stop.</summary>
    public void Start(Func<bool> more, int seed)
    {
        var random = new Random(seed);
        _ = _cluster.Simulation.Run(async () =>
        {
            while (more())
            {
                var group = _ears.Keys.ElementAt(random.Next(_ears.Count));
                if (random.Next(20) == 0) _ears[group].Toggle();
                for (var i = random.Next(6); i > 0; i--) await PublishAsync(group);
                if (random.Next(3) == 0) await FlushAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 300)), _cluster.Simulation.TimeProvider);
            }
        });
    }

    /// <summary>Publishes once more to each group, so that whatever is missing before shows, and flushes.</summary>
    public void Settle() => LastFlush = _cluster.Simulation.Run(async () =>
    {
        foreach (var group in _ears.Keys) await PublishAsync(group);
        await Client.FlushAsync();
    });

    /// <summary>
    /// Whatever is known to have been handled while a join stood was heard, or there is a gap where it is missing. (contract, "§4")
    /// </summary>
    public void AssertHeardAllOrGaps(IEnumerable<Inhabitant> all, bool gapsAllowed)
    {
        foreach (var (group, ear) in _ears)
        {
            ear.AssertNumbersRise();
            foreach (var sender in all)
            {
                foreach (var (_, number, from, until) in sender._handled.Where(h => h.Group == group)) ear.AssertHeardOrGap(sender.Client, number, from, until, gapsAllowed);
            }
        }
    }

    private async Task PublishAsync(string group)
    {
        var number = _numbers[group] = _numbers.GetValueOrDefault(group) + 1;
        var at = _cluster.Scheduler.Clock;
        await Client.Group(group).PublishAsync($"{number}".Bytes());
        _unflushed.Add((group, number, at));
    }

    private async Task FlushAsync()
    {
        var covered = _unflushed.ToArray();
        try
        {
            await Client.FlushAsync();
            foreach (var (group, number, at) in covered) _handled.Add((group, number, at, _cluster.Scheduler.Clock));
        }
        catch (MsgcLostException)
        {
            // Which of them were handled nobody knows.
        }
        _unflushed.RemoveRange(0, covered.Length);
    }

    /// <summary>One group as the client hears it.</summary>
    private sealed class Ear
    {
        private readonly Cluster _cluster;
        private readonly MsgcClient _client;
        private readonly string _group;
        private readonly List<(long At, MsgcGroupEvent? Event, string? Mark)> _heard = [];
        private IDisposable? _subscription;
        private int _joins;

        public Ear(Cluster cluster, MsgcClient client, string group)
        {
            (_cluster, _client, _group) = (cluster, client, group);
            client.Group(group).Membership.Subscribe(view => View = view);
        }

        public MsgcView? View { get; private set; }

        public bool IsJoined => _subscription is not null;

        public void Toggle()
        {
            if (_subscription is { } subscription)
            {
                Mark("left");
                _subscription = null;
                subscription.Dispose();
                return;
            }
            var join = ++_joins;
            Mark("join");
            _subscription = _client.Group(_group).Events.Subscribe(e =>
            {
                if (e.View is null) _heard.Add((_cluster.Scheduler.Clock, e, null));
            });
            _ = _cluster.Simulation.Run(async () =>
            {
                try
                {
                    await _client.Group(_group).WhenJoinedAsync();
                    if (join == _joins && IsJoined) Mark("stands");
                }
                catch (InvalidOperationException)
                {
                    // Left before.
                }
            });
        }

        public void AssertNumbersRise()
        {
            var last = new Dictionary<MsgcClientId, long>();
            foreach (var (_, e, _) in _heard)
            {
                if (e?.Message is not { } message) continue;
                Assert.True(message.Number > last.GetValueOrDefault(message.Sender), $"{_client.Name} heard {message.Number} after {last.GetValueOrDefault(message.Sender)} in {_group}");
                last[message.Sender] = message.Number;
            }
        }

        public void AssertHeardOrGap(MsgcClient sender, long number, long from, long until, bool gapsAllowed)
        {
            // The stretch between the acknowledgement and the leave that the message was handled in, if there is one.
            var begin = _heard.FindLastIndex(h => h.Mark is not null && h.At <= from);
            if (begin < 0 || _heard[begin].Mark != "stands" || _heard[begin].At == from) return;
            var end = _heard.FindIndex(begin + 1, h => h.Mark is not null);
            if (end >= 0 && _heard[end].At <= until + TimeSpan.FromSeconds(60).Ticks) return; // it may have been on its way
            end = end < 0 ? _heard.Count : end;
            var (lower, upper) = (begin, end);
            for (var i = begin; i < end; i++)
            {
                if (_heard[i].Event?.Message is not { } message || message.Sender != sender.Id) continue;
                if (message.Number == number) return;
                if (message.Number < number) lower = i;
                else if (upper == end) upper = i;
            }
            var gaps = _heard.GetRange(lower, upper - lower).Count(h => h.Event?.Gap is not null);
            Assert.True(gaps > 0 && gapsAllowed,
                $"{_client.Name} has not heard {sender.Name}'s {number} in {_group}, handled between {Seconds(from)} and {Seconds(until)}, and there {(gaps == 0 ? "is no gap" : "are gaps, and drains make none")}: it stands since {Seconds(_heard[begin].At)}, heard before at {Seconds(_heard[lower].At)}, after at {(upper < _heard.Count ? Seconds(_heard[upper].At) : "the end")}");
        }

        private static string Seconds(long ticks) => $"{ticks / 10_000_000.0:f4}";

        private void Mark(string mark) => _heard.Add((_cluster.Scheduler.Clock, null, mark));
    }
}
