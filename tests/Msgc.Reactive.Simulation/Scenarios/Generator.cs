namespace Msgc.Reactive.Simulation.Scenarios;

/// <summary>Makes a scenario of a seed.</summary>
internal sealed class Generator
{
    private readonly Dice _dice;
    private readonly List<Step> _steps = [];
    private readonly Weather _weather;
    private readonly Rules _rules;
    private readonly int _servers;
    private readonly int _groups;
    private readonly int[][] _clients;
    private readonly long _end;

    private Generator(ulong seed)
    {
        _dice = new Dice(seed);
        _weather = _dice.Below(10) switch { 0 => Weather.Calm, 1 or 2 => Weather.Drains, _ => Weather.Storm };
        _rules = MakeRules();
        _servers = 3 + Math.Min(_dice.Below(7), _dice.Below(7));
        _groups = _dice.From(2, 4);
        _clients = new int[_dice.OneIn(8) ? _dice.From(3, 50) : _dice.From(3, 16)][];
        for (var i = 0; i < _clients.Length; i++) _clients[i] = Shuffled(_servers)[..(_weather == Weather.Drains ? 2 : _dice.From(1, 3))];
        _end = Seconds(_dice.From(38, 60));
    }

    public static Scenario Make(ulong seed)
    {
        var generator = new Generator(seed);
        generator.Live();
        generator.Disturb();
        return new Scenario(
            seed, generator._weather, generator._servers, generator._clients, generator._groups, generator._rules,
            [.. generator._steps.OrderBy(step => step.Ticks)], generator._end);
    }

    private static long Seconds(double seconds) => (long)(seconds * TimeSpan.TicksPerSecond);

    private Rules MakeRules()
    {
        var idle = _dice.From(6, 20);
        return new Rules
        {
            IdleTimeout = TimeSpan.FromSeconds(idle),
            KeepAliveInterval = TimeSpan.FromSeconds(Math.Min(5, idle / 3.0)),
            ReconnectInterval = TimeSpan.FromMilliseconds(_dice.From(300, 4000)),
            StallTimeout = TimeSpan.FromMilliseconds(_dice.From(300, 1000)),
            DrainTimeout = TimeSpan.FromSeconds(5),
            MaxBacklog = _weather == Weather.Drains ? 5000 : _dice.Of(64, 200, 1000, 5000), // what a moving client holds is to fit
            MessagesPerIteration = _dice.Of(1, 5, 20, 20, 100),
            TcpBufferSize = _dice.Of(1024, 4096, 131072), // small ones, so that queues fill
            Latency = TimeSpan.FromMicroseconds(_dice.From(20, 3000)),
            Jitter = TimeSpan.FromMicroseconds(_dice.OneIn(3) ? 0 : _dice.Below(5000)),
            Chunking = _dice.OneIn(4) ? Chunking.Random : Chunking.Whole,
        };
    }

    /// <summary>What clients do: most stay in the first group, come and go in the others, and publish; a few are slow.</summary>
    private void Live()
    {
        for (var client = 0; client < _clients.Length; client++)
        {
            for (var group = 0; group < _groups; group++)
            {
                if (group == 0 || _dice.OneIn(3)) At(0.2 + (_dice.Below(2000) / 1000.0), StepKind.Join, client, group);
                if (_dice.OneIn(3)) At(_dice.Below(4000) / 1000.0, StepKind.Watch, client, group);
            }
            var pause = _dice.From(1500, 8000);
            for (var ms = 1000 + _dice.Below(pause); Seconds(ms / 1000.0) < _end; ms += _dice.From(1, 2 * pause)) Act(client, ms / 1000.0);
        }
        if (_weather == Weather.Drains) return;
        for (var i = _dice.Below(4); i > 0; i--) At(Anytime(), StepKind.Slow, Slow(), AllowedMicroseconds());
    }

    private void Act(int client, double at)
    {
        var group = _dice.Below(_groups);
        if (_dice.OneIn(12) && group > 0) At(at, _dice.Of(StepKind.Join, StepKind.Leave), client, group);
        else if (_dice.OneIn(20)) At(at, StepKind.Watch, client, group);
        else At(at, StepKind.Publish, client, group, _dice.OneIn(40) ? _dice.From(50, 300) : _dice.From(1, 4));
        if (_dice.OneIn(60)) At(at, StepKind.Configure, _dice.Below(_servers + _clients.Length), 0, _dice.Below(1 << 20));
    }

    /// <summary>One that observes with a queue that waits; in a storm anybody, who may then be too busy to say that it lives.</summary>
    private int Slow()
    {
        var client = _dice.Below(_clients.Length);
        if (_weather == Weather.Storm) return client;
        while (!Scenario.Waits(client)) client = (client + 1) % _clients.Length; // there are three at least, and the third does
        return client;
    }

    /// <summary>
    /// So long may a member take for a message and still drain a quarter of the backlog in each StallTimeout, though it reads what its buffer
    /// holds at once; or it is slower.
    /// </summary>
    private int AllowedMicroseconds()
    {
        const int Message = 50, Turn = 20;
        var lump = Math.Max(_rules.MaxBacklog / 4, (_rules.TcpBufferSize / Message) + Turn);
        var allowed = (int)(_rules.StallTimeout.TotalMicroseconds / lump / 4);
        return _weather == Weather.Storm && _dice.OneIn(3) ? 5 * allowed : allowed;
    }

    private void Disturb()
    {
        if (_weather == Weather.Drains)
        {
            for (var at = 5.0; Seconds(at) < _end - Seconds(8); at += 8 + _dice.Below(4)) At(at, StepKind.Stop, _dice.Below(_servers), 0, _dice.From(10, 1500));
        }
        if (_weather != Weather.Storm) return;
        for (var i = _dice.From(10, 22); i > 0; i--) Fault(Anytime());
    }

    private void Fault(double at)
    {
        int server = _dice.Below(_servers), client = _servers + _dice.Below(_clients.Length), host = _dice.OneIn(3) ? client : server, other = _dice.Below(_servers);
        if (other == host) other = (other + 1) % _servers;
        var later = at + (_dice.Below(_dice.OneIn(2) ? 4000 : 30_000) / 1000.0);
        switch (_dice.Below(16))
        {
            case 0 or 1:
                At(at, StepKind.Break, host, other);
                break;
            case 2:
                At(at, StepKind.BreakAfter, other, host, _dice.From(1, 5000));
                break;
            case 3 or 4:
                At(at, StepKind.Mute, host, other);
                At(later, StepKind.Heal);
                break;
            case 5 or 6:
                At(at, StepKind.Partition, _dice.From(1, (1 << _servers) - 2), 0, _dice.OneIn(4) ? 1 : 0);
                At(later, StepKind.Heal);
                break;
            case 7 or 8:
                At(at, StepKind.KillServer, server);
                At(later, StepKind.StartServer, server);
                break;
            case 9:
                At(at, StepKind.Stop, server, 0, _dice.From(10, 3000));
                break;
            case 10:
                At(at, StepKind.KillClient, client - _servers);
                At(later, StepKind.StartClient, client - _servers);
                break;
            case 11 or 12:
                At(at, StepKind.Freeze, host);
                At(later, StepKind.Thaw, host);
                break;
            case 13:
                At(at, _dice.Of(StepKind.Refuse, StepKind.Swallow), server);
                At(later, StepKind.Accept, server);
                break;
            case 14:
                At(at, StepKind.Latency, host, other, _dice.From(100, 200_000));
                break;
            default:
                At(at, StepKind.Bandwidth, host, other, _dice.From(2_000, 200_000));
                At(later, StepKind.Bandwidth, host, other);
                break;
        }
    }

    private double Anytime() => 2 + (_dice.Below((int)((_end - Seconds(3)) / TimeSpan.TicksPerMillisecond)) / 1000.0);

    private int[] Shuffled(int count)
    {
        var all = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var j = _dice.Below(i + 1);
            (all[i], all[j]) = (all[j], all[i]);
        }
        return all;
    }

    private void At(double seconds, StepKind kind, int a = 0, int b = 0, int c = 0)
    {
        if (Seconds(seconds) < _end) _steps.Add(new Step(Seconds(seconds), kind, a, b, c));
    }
}
