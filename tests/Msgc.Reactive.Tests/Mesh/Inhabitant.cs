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

    /// <summary>Stays in the first group, joins and leaves the others, and publishes, at random until told to stop.</summary>
    public void Start(Func<bool> more, int seed)
    {
        var random = new Random(seed);
        _ears.Values.First().Toggle();
        _ = _cluster.Simulation.Run(async () =>
        {
            while (more())
            {
                var group = _ears.Keys.ElementAt(random.Next(_ears.Count));
                if (random.Next(20) == 0 && group != _ears.Keys.First()) _ears[group].Toggle();
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
    /// Whatever is known to have been handled while a join stood was heard, or there is a gap where it is missing. (contract, "§4") Returns
    /// how many messages from before that moment this was asked of.
    /// </summary>
    public int AssertHeardAllOrGaps(IEnumerable<Inhabitant> all, bool gapsAllowed, long before)
    {
        var asked = 0;
        foreach (var (group, ear) in _ears)
        {
            ear.AssertNumbersRise();
            foreach (var sender in all)
            {
                foreach (var (_, number, from, until) in sender._handled.Where(h => h.Group == group))
                {
                    if (ear.AssertHeardOrGap(sender.Client, number, from, until, gapsAllowed) && from < before) asked++;
                }
            }
        }
        return asked;
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
        private readonly Dictionary<MsgcClientId, List<(long Number, int Index)>> _bySender = [];
        private List<int>? _marks; // of what was heard, once no more is
        private List<int>? _gaps;
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

        /// <summary>False when it says nothing: no join stood, or it ended so soon that the message may have been on its way, a silent link included.</summary>
        public bool AssertHeardOrGap(MsgcClient sender, long number, long from, long until, bool gapsAllowed)
        {
            // The stretch between the acknowledgement and the leave that the message was handled in, if there is one.
            _marks ??= Indices(h => h.Mark is not null);
            _gaps ??= Indices(h => h.Event?.Gap is not null);
            var mark = _marks.FindLastIndex(i => _heard[i].At <= from);
            if (mark < 0 || _heard[_marks[mark]] is not { Mark: "stands" } stands || stands.At == from) return false;
            var (begin, end) = (_marks[mark], mark + 1 < _marks.Count ? _marks[mark + 1] : _heard.Count);
            if (end < _heard.Count && _heard[end].At <= until + TimeSpan.FromSeconds(gapsAllowed ? 60 : 2).Ticks) return false;
            if (!_bySender.TryGetValue(sender.Id, out var numbers))
                _bySender.Add(sender.Id, numbers = [.. Indices(h => h.Event?.Message?.Sender == sender.Id).Select(i => (_heard[i].Event!.Value.Message!.Value.Number, i))]);
            var place = numbers.BinarySearch((number, -1));
            place = place < 0 ? ~place : place; // the first that is not below it: numbers rise
            if (place < numbers.Count && numbers[place].Number == number) return true;
            var lower = place > 0 ? Math.Max(begin, numbers[place - 1].Index) : begin;
            var upper = place < numbers.Count ? Math.Min(end, numbers[place].Index) : end;
            var gaps = _gaps.Count(i => i >= lower && i < upper);
            Assert.True(gaps > 0 && gapsAllowed,
                $"{_client.Name} has not heard {sender.Name}'s {number} in {_group}, handled between {Seconds(from)} and {Seconds(until)}, and there {(gaps == 0 ? "is no gap" : "are gaps, and drains make none")}: it stands since {Seconds(_heard[begin].At)}, heard before at {Seconds(_heard[lower].At)}, after at {(upper < _heard.Count ? Seconds(_heard[upper].At) : "the end")}");
            return true;
        }

        private List<int> Indices(Func<(long At, MsgcGroupEvent? Event, string? Mark), bool> which) =>
            [.. Enumerable.Range(0, _heard.Count).Where(i => which(_heard[i]))];

        private static string Seconds(long ticks) => $"{ticks / 10_000_000.0:f4}";

        private void Mark(string mark) => _heard.Add((_cluster.Scheduler.Clock, null, mark));
    }
}
