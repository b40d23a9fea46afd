using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Mesh;

/// <summary>
/// A random life of a cluster, all of it from one seed: clients that join, leave and publish, servers that are stopped, killed and started
/// again, connections that break and fall silent. In the end all is well again, and everything that was promised is looked for.
/// </summary>
internal sealed class Life
{
    private static readonly string[] Groups = ["x", "y"];

    private readonly Random _random;
    private readonly ulong _seed;
    private readonly bool _onlyDrains;
    private readonly Cluster _cluster;
    private readonly List<Inhabitant> _inhabitants = [];
    private readonly HashSet<(string, string)> _muted = [];
    private readonly HashSet<string> _stopping = [];
    private readonly List<string> _story = [];
    private bool _isLively = true;
    private long _healed;

    /// <param name="seed">Repeats it.</param>
    /// <param name="onlyDrains">True: nothing happens to servers but that they are stopped gracefully and started again, so nothing may be lost.</param>
    public Life(ulong seed, bool onlyDrains)
    {
        _seed = seed;
        _onlyDrains = onlyDrains;
        _random = new Random((int)seed);
        _cluster = new Cluster(_random.Next(2, 6), o => o with { DrainTimeout = TimeSpan.FromSeconds(5) }, seed);
        var least = TimeSpan.FromMicroseconds(_random.Next(50, 3000));
        _cluster.Network.SetLatency(SimulatedLatency.Uniform(least, least + TimeSpan.FromMicroseconds(_random.Next(0, 5000))));
        _cluster.Network.Chunking = (Chunking)(_random.Next(4) == 0 ? 2 : 0);
        _cluster.Advance(1);
        for (var i = 0; i < _random.Next(3, 9); i++)
        {
            var servers = Shuffled(_cluster.Names).Take(onlyDrains ? 2 : _random.Next(1, 4)).ToArray();
            _inhabitants.Add(new Inhabitant(_cluster, $"c{i}", servers, Groups));
        }
        _cluster.Advance(0.2);
    }

    /// <summary>Of so many messages published among the disturbances it was asked whether they were heard.</summary>
    public int Asked { get; private set; }

    /// <summary>Lives it, and checks.</summary>
    public void Run()
    {
        try
        {
            foreach (var inhabitant in _inhabitants) inhabitant.Start(() => _isLively, _random.Next());
            for (var step = 0; step < 40; step++)
            {
                _cluster.Advance(_random.NextDouble() * 2);
                if (_onlyDrains) Drain();
                else Disturb();
            }
            Heal();
            Check();
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"In the life of seed {_seed}{(_onlyDrains ? " with drains only" : "")}: {error.Message}\n{string.Join('\n', _story.TakeLast(60))}", error);
        }
    }

    private void Disturb()
    {
        var (near, far) = (Any(), Any());
        switch (_random.Next(10))
        {
            case 0 or 1:
                Tell($"break {near} {far}");
                _cluster.Network.Break(near, far);
                break;
            case 2 or 3 when near != far:
                Tell($"mute {near} {far}");
                _cluster.Network.Mute(near, far);
                _muted.Add((near, far));
                break;
            case 4 or 5 when _muted.Count > 0:
                (near, far) = _muted.First();
                Tell($"unmute {near} {far}");
                _muted.Remove((near, far));
                _cluster.Network.Unmute(near, far);
                break;
            case 6 when _cluster.Servers.Count > 1:
                near = Server();
                if (_stopping.Contains(near)) break;
                Tell($"kill {near}");
                _cluster.Kill(near);
                break;
            case 7 when _cluster.Servers.Count < _cluster.Names.Length:
                near = _cluster.Names.First(n => !_cluster.Servers.ContainsKey(n));
                Tell($"start {near}");
                _cluster.Start(near);
                break;
            case 8:
                Drain();
                break;
            case 9:
                _cluster.Advance(_random.Next(35));
                break;
        }
    }

    /// <summary>Stops a server, and starts it again when it has stopped; one at a time, so that clients always have another one.</summary>
    private void Drain()
    {
        var name = Server();
        if (_stopping.Count > 0 || _cluster.Servers.Count < 2) return;
        Tell($"stop {name}");
        var stop = _cluster.Servers[name].StopAsync();
        _stopping.Add(name);
        for (var i = 0; i < 600 && !stop.IsCompleted; i++) _cluster.Advance(0.01);
        Assert.True(stop.IsCompletedSuccessfully, $"{name} has not stopped within its drain timeout");
        _stopping.Remove(name);
        _cluster.Servers.Remove(name);
        Tell($"stopped {name}");
        _cluster.Advance(_random.NextDouble());
        _cluster.Start(name);
        if (_onlyDrains) _cluster.Advance(1); // until it is linked again
    }

    private void Heal()
    {
        Tell("heal");
        _healed = _cluster.Scheduler.Clock;
        foreach (var (near, far) in _muted) _cluster.Network.Unmute(near, far);
        foreach (var name in _cluster.Names.Where(n => !_cluster.Servers.ContainsKey(n))) _cluster.Start(name);
        _cluster.Advance(50);
        _isLively = false;
        _cluster.Advance(2);
        foreach (var inhabitant in _inhabitants) inhabitant.Settle();
        _cluster.Advance(1);
    }

    private void Check()
    {
        _cluster.AssertFullMesh();
        foreach (var group in Groups)
        {
            var views = _inhabitants.Select(i => i.ViewOf(group)).ToList();
            var expected = _inhabitants.Where(i => i.HasJoined(group)).Select(i => i.Client.Name).Order(StringComparer.Ordinal).ToList();
            Assert.All(views, view => Assert.Equal(expected, view.Members.Select(m => m.ClientName).Order(StringComparer.Ordinal)));
            Assert.Single(views.Select(view => view.Id).Distinct());
        }
        Asked = _inhabitants.Sum(inhabitant => inhabitant.AssertHeardAllOrGaps(_inhabitants, gapsAllowed: !_onlyDrains, _healed));
        Assert.All(_inhabitants, i => Assert.True(i.LastFlush!.IsCompletedSuccessfully, $"{i.Client.Name}'s last flush has not come back"));
        var servers = _cluster.Servers.Values.ToList();
        _cluster.Dispose();
        _cluster.Advance(61);
        Assert.Equal((0, 0), (_cluster.Network.Connections, _cluster.Scheduler.Outstanding));
        Assert.All(servers, server => Assert.Equal(0, server.Pool.Outstanding));
        Assert.All(_inhabitants, i => Assert.Equal(0, i.Client.Pool.Outstanding));
    }

    private void Tell(string what) => _story.Add($"{_cluster.Scheduler.Clock / 10_000_000.0:f4} {what}");

    private string Any() => _random.Next(3) == 0 ? _inhabitants[_random.Next(_inhabitants.Count)].Client.Name : _cluster.Names[_random.Next(_cluster.Names.Length)];

    private string Server() => _cluster.Servers.Keys.Order(StringComparer.Ordinal).ElementAt(_random.Next(_cluster.Servers.Count));

    private IEnumerable<string> Shuffled(string[] names) => names.OrderBy(_ => _random.Next());
}
