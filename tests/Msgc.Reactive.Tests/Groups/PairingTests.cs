using Msgc.Reactive.Groups;

namespace Msgc.Reactive.Tests.Groups;

/// <summary>
/// Two servers that dial each other, in every order in which what they say can arrive: both come to the same one link. Each order is run
/// from its beginning, choice by choice.
/// </summary>
public sealed class PairingTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 2)]
    public void In_every_order_of_two_servers_dials_both_settle_on_one_link_and_never_give_it_up(int dialsOfA, int dialsOfB)
    {
        var orders = Explore(() => new Pair(dialsOfA, dialsOfB, breaks: 0), pair =>
        {
            Assert.NotNull(pair.A.Pairing.Settled);
            Assert.Same(pair.A.Pairing.Settled, pair.B.Pairing.Settled);
            Assert.Single(pair.Lines, line => line.IsOpen);
            Assert.Equal(0, pair.SettledAndGivenUp);
        });
        Assert.True(orders >= (dialsOfA > 0 && dialsOfB > 0 ? 70 : 1), $"only {orders} orders");
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    public void When_a_connection_breaks_at_any_moment_those_who_still_dial_come_to_one_link_again(int dialsOfA, int dialsOfB)
    {
        var orders = Explore(() => new Pair(dialsOfA, dialsOfB, breaks: 1), pair =>
        {
            Assert.Same(pair.A.Pairing.Settled, pair.B.Pairing.Settled);
            Assert.Equal(pair.A.Pairing.Settled is null ? 0 : 1, pair.Lines.Count(line => line.IsOpen));
            Assert.True(pair.A.Pairing.Settled is not null || pair.A.DialsLeft + pair.B.DialsLeft == 0, "no link, though a dial was left");
        });
        Assert.True(orders > 10, $"only {orders} orders");
    }

    [Fact]
    public void A_newer_dial_of_a_peer_that_has_lost_the_link_replaces_it()
    {
        var pair = new Pair(1, 0, 0);
        while (pair.Choices().FirstOrDefault() is { } choice) choice();
        var old = pair.B.Pairing.Settled!;
        pair.A.Pairing.Ended(old); // B has not noticed
        old.Ended.Add(pair.A);
        pair.A.DialsLeft = 1;
        while (pair.Choices().FirstOrDefault() is { } choice) choice();
        Assert.NotSame(old, pair.B.Pairing.Settled);
        Assert.Same(pair.A.Pairing.Settled, pair.B.Pairing.Settled);
    }

    /// <summary>Runs all orders; returns how many there were.</summary>
    private static int Explore(Func<Pair> begin, Action<Pair> check)
    {
        var orders = 0;
        var path = new List<(int Taken, int Of)>();
        while (true)
        {
            var pair = begin();
            var depth = 0;
            for (var choices = pair.Choices(); choices.Count > 0; choices = pair.Choices(), depth++)
            {
                if (depth == path.Count) path.Add((0, choices.Count));
                Assert.Equal(path[depth].Of, choices.Count);
                choices[path[depth].Taken]();
                Assert.True(depth < 100, "it never comes to rest");
            }
            orders++;
            try
            {
                check(pair);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"In the order {string.Join(' ', path.Select(c => c.Taken))}: {string.Join(", ", pair.Story)}", error);
            }
            while (path.Count > 0 && path[^1].Taken + 1 == path[^1].Of) path.RemoveAt(path.Count - 1);
            if (path.Count == 0) return orders;
            path[^1] = (path[^1].Taken + 1, path[^1].Of);
        }
    }

    /// <summary>A connection: what is under way in each direction, and who has given it up.</summary>
    private sealed class Line(string name, Side dialler)
    {
        public Side Dialler => dialler;

        public Dictionary<Side, Queue<string>> To { get; } = [];

        public HashSet<Side> Ended { get; } = [];

        public bool IsOpen => Ended.Count == 0;

        public override string ToString() => name;
    }

    private sealed class Side(string name, bool goesFirst, int dials)
    {
        public Pairing<Line> Pairing { get; } = new(goesFirst);

        public int DialsLeft { get; set; } = dials;

        public override string ToString() => name;
    }

    private sealed class Pair
    {
        private readonly Side[] _sides;
        private readonly HashSet<(Side, Line)> _settled = [];
        private int _breaks;

        public Pair(int dialsOfA, int dialsOfB, int breaks)
        {
            A = new Side("A", goesFirst: true, dialsOfA);
            B = new Side("B", goesFirst: false, dialsOfB);
            _sides = [A, B];
            _breaks = breaks;
        }

        public Side A { get; }

        public Side B { get; }

        public List<Line> Lines { get; } = [];

        public List<string> Story { get; } = [];

        /// <summary>How often one end settled on a connection and then gave it up by itself.</summary>
        public int SettledAndGivenUp { get; private set; }

        public List<Action> Choices()
        {
            var choices = new List<Action>();
            foreach (var side in _sides)
            {
                var dials = Lines.Any(line => line.Dialler == side && !line.Ended.Contains(side));
                if (side.DialsLeft > 0 && side.Pairing.Settled is null && !dials) choices.Add(() => Dial(side));
                foreach (var line in Lines.Where(line => line.To[side].Count > 0)) choices.Add(() => Arrive(side, line));
            }
            if (_breaks > 0) choices.AddRange(Lines.Where(line => line.IsOpen).Select(line => (Action)(() => Break(line))));
            return choices;
        }

        private void Dial(Side side)
        {
            side.DialsLeft--;
            var line = new Line($"{side}{Lines.Count}", side);
            foreach (var end in _sides) line.To[end] = new Queue<string>();
            Lines.Add(line);
            Say(side, line, "hello");
        }

        private void Break(Line line)
        {
            Story.Add($"{line} breaks");
            _breaks--;
            foreach (var queue in line.To.Values)
            {
                queue.Clear();
                queue.Enqueue("end");
            }
        }

        private void Say(Side from, Line line, string what) => line.To[from == A ? B : A].Enqueue(what);

        private void Arrive(Side side, Line line)
        {
            var what = line.To[side].Dequeue();
            if (line.Ended.Contains(side)) return;
            Story.Add($"{what} of {line} at {side}");
            List<Line> others;
            switch (what)
            {
                case "hello":
                    side.Pairing.Hello(line);
                    Say(side, line, "welcome");
                    break;
                case "welcome" when side.Pairing.TryWelcome(line):
                    Say(side, line, "confirm");
                    break;
                case "confirm" when side.Pairing.TryConfirm(line, out others):
                    GiveUp(side, others);
                    Say(side, line, "ready");
                    break;
                case "ready" when side.Pairing.TryReady(line, out others):
                    GiveUp(side, others);
                    break;
                case "end":
                    line.Ended.Add(side);
                    side.Pairing.Ended(line);
                    break;
                default:
                    GiveUp(side, [line]);
                    break;
            }
        }

        /// <summary>Once settled, what else was being dialled is given up, too.</summary>
        private void GiveUp(Side side, List<Line> others)
        {
            if (side.Pairing.Settled is { } settled && _settled.Add((side, settled))) others = [.. others.Union(Lines.Where(line => line.Dialler == side && line != settled))];
            foreach (var line in others.Where(line => line.Ended.Add(side)))
            {
                side.Pairing.Ended(line);
                if (_settled.Contains((side, line))) SettledAndGivenUp++;
                Say(side, line, "end");
            }
        }
    }
}
