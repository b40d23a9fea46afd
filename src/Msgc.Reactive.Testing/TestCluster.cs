using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Msgc.Reactive.Testing.Cluster;
using Msgc.Reactive.Testing.Network;

namespace Msgc.Reactive.Testing;

/// <summary>
/// A whole cluster in virtual time: servers that form a mesh, clients, the network between them, and everything that can go wrong with
/// them. They are the real ones; only time and network are simulated, and the same seed and calls give the same run, byte for byte.
/// <code>
/// var scheduler = new TestScheduler();                            // of any version; or VirtualScheduler, which is faster
/// using var cluster = new TestCluster(scheduler, servers: 3, seed: 42);
/// var near = cluster.Client("near", server: 0);
/// var far  = cluster.Client("far",  server: 2);
///
/// cluster.At(TimeSpan.FromSeconds(5), c => c.Partition([0], [1, 2]));
/// cluster.At(TimeSpan.FromSeconds(9), c => c.Heal());
/// scheduler.AdvanceTo(TimeSpan.FromSeconds(60).Ticks);
/// Console.WriteLine(cluster.Timeline);
/// </code>
/// </summary>
/// <remarks>
/// Servers are named s0, s1, s2 …, each on a host of its name; so is each client. All that a server or client does happens in scheduled
/// actions: nothing is linked or connected before time advances. Use it from the scheduler's thread only.
/// </remarks>
public sealed partial class TestCluster : IDisposable
{
    internal const string FaultLane = "faults";

    private readonly Simulation _simulation;
    private readonly Violations _violations;
    private readonly Lanes _lanes;
    private readonly ServerProgram[] _servers;
    private readonly Dictionary<string, ClientProgram> _clients = new(StringComparer.Ordinal);
    private readonly ulong _seed;
    private ulong _programs;

    /// <summary>Makes a cluster and starts its servers.</summary>
    /// <param name="scheduler">Its time. One tick is 100 ns, as with <c>TestScheduler</c>.</param>
    /// <param name="servers">How many, at least 1.</param>
    /// <param name="seed">Of all that is random: ids, jitter, latencies, chunk sizes.</param>
    /// <param name="configure">Changes the servers' options; scheduler, transport and names are set already. Default: the defaults.</param>
    /// <param name="checks">What to watch; default nothing. <see cref="Verify"/> tells what was found.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one server.</exception>
    /// <exception cref="ArgumentException">An option is wrong.</exception>
    public TestCluster(
        VirtualTimeSchedulerBase<long, long> scheduler, int servers = 3, ulong seed = 0, Func<MsgcServerOptions, MsgcServerOptions>? configure = null,
        TestChecks checks = TestChecks.None)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        ArgumentOutOfRangeException.ThrowIfLessThan(servers, 1);
        _seed = seed;
        _simulation = new Simulation(scheduler);
        _violations = new Violations(checks);
        _lanes = new Lanes(scheduler, Timeline);
        Network = new SimulatedNetwork(scheduler, seed);
        Timeline.AddLane(FaultLane);
        var names = Enumerable.Range(0, servers).Select(i => TestHost.FromInt32(i).Name).ToArray();
        var peers = names.ToDictionary(name => name, name => name);
        _servers = [.. names.Select(name => new ServerProgram(name, peers, configure ?? (static o => o)))];
        foreach (var server in _servers)
        {
            Timeline.AddLane(server.Name);
            Start(server);
        }
    }

    /// <summary>The scheduler it runs on.</summary>
    public VirtualTimeSchedulerBase<long, long> Scheduler => _simulation.Scheduler;

    /// <summary>The scheduler's time, for <c>Task.Delay</c>, <c>PeriodicTimer</c> and the like in the code under test.</summary>
    public TimeProvider TimeProvider => _simulation.TimeProvider;

    /// <summary>The network, for what is not a fault of the cluster's own: chunk sizes, buffers, what it has to tell.</summary>
    public SimulatedNetwork Network { get; }

    /// <summary>What has happened so far, as a chart.</summary>
    public Timeline Timeline { get; } = new();

    /// <summary>How many servers there are, running or not.</summary>
    public int ServerCount => _servers.Length;

    /// <summary>What the checks have found so far; empty without <see cref="TestChecks"/>.</summary>
    public IReadOnlyList<string> Violations => _violations.All;

    /// <summary>The running server of that index; null while it is killed or stopped.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such server.</exception>
    public MsgcServer? Server(int server) => ServerOf(server).Running;

    /// <summary>Makes a client that knows one server.</summary>
    /// <param name="name">The client's name, and its host's.</param>
    /// <param name="server">The index of the server.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such server.</exception>
    public MsgcClient Client(string name, int server) => Client(name, [server], null);

    /// <inheritdoc cref="Client(string, IReadOnlyList{int}, Func{MsgcClientOptions, MsgcClientOptions}?)"/>
    public MsgcClient Client(string name, IReadOnlyList<int> servers) => Client(name, servers, null);

    /// <summary>Makes a client that knows several servers, in the order in which it tries them.</summary>
    /// <param name="name">The client's name, and its host's.</param>
    /// <param name="servers">The indices of the servers.</param>
    /// <param name="configure">Changes its options; scheduler, transport, name and servers are set already. Null: the defaults.</param>
    /// <exception cref="ArgumentException">The name is taken, no server is given, or an option is wrong.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such server.</exception>
    public MsgcClient Client(string name, IReadOnlyList<int> servers, Func<MsgcClientOptions, MsgcClientOptions>? configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(servers);
        if (name == FaultLane || _clients.ContainsKey(name) || _servers.Any(s => s.Name == name))
            throw new ArgumentException($"The name '{name}' is taken; give each client a name of its own.", nameof(name));
        var program = new ClientProgram(name, [.. servers.Select(i => ServerOf(i).Name)], configure ?? (static o => o));
        Timeline.AddLane(name);
        var client = Start(program);
        _clients.Add(name, program);
        return client;
    }

    /// <summary>Has something done at that time of the scheduler's clock: a fault, say.</summary>
    /// <exception cref="ArgumentOutOfRangeException">That time has passed.</exception>
    public void At(TimeSpan time, Action<TestCluster> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentOutOfRangeException.ThrowIfLessThan(time.Ticks, Scheduler.Clock, nameof(time));
        Scheduler.ScheduleAbsolute((this, action), time.Ticks, static (_, due) =>
        {
            due.action(due.Item1);
            return Disposable.Empty;
        });
    }

    /// <summary>Runs application code with <c>await</c>: at once up to its first wait, and on while time advances. (<see cref="Simulation"/>)</summary>
    public Task Run(Func<Task> function) => _simulation.Run(function);

    /// <inheritdoc cref="Run(Func{Task})"/>
    public Task<T> Run<T>(Func<Task<T>> function) => _simulation.Run(function);

    /// <summary>
    /// Advances the scheduler by that much, with the context of <see cref="Run(Func{Task})"/> current: needed where code under test begins to
    /// <c>await</c> inside an observer. Otherwise advancing the scheduler itself does as well.
    /// </summary>
    public void Advance(TimeSpan time) => _simulation.AdvanceBy(time);

    /// <summary>Has a sequence of the test's own checked as those of the library are; without <see cref="TestChecks.Grammar"/> it stays as it is.</summary>
    /// <param name="source">The sequence.</param>
    /// <param name="name">What violations call it.</param>
    public IObservable<T> Check<T>(IObservable<T> source, string name) => _violations.Grammar is { } checker ? source.CheckGrammar(name, checker) : source;

    /// <summary>Fails when the checks have found anything.</summary>
    /// <exception cref="InvalidOperationException">Tells what, with the timeline.</exception>
    public void Verify()
    {
        var found = Violations;
        if (found.Count > 0) throw new InvalidOperationException($"{string.Join(Environment.NewLine, found)}{Environment.NewLine}{Timeline}");
    }

    /// <summary>Disposes all clients and servers at once. What they still have to do for it happens while time advances.</summary>
    public void Dispose()
    {
        foreach (var client in _clients.Values) client.End();
        foreach (var server in _servers) server.End();
    }

    private MsgcServer Start(ServerProgram server)
    {
        var started = server.Start(EnvironmentOf(server.Name));
        _lanes.Add(server.Name, TimelineMark.Start);
        return started;
    }

    private MsgcClient Start(ClientProgram client)
    {
        var started = client.Start(EnvironmentOf(client.Name));
        _lanes.Add(client.Name, TimelineMark.Start);
        return started;
    }

    private ProgramEnvironment EnvironmentOf(string host)
    {
        var random = SeededRandom.For(_seed, ++_programs);
        return new ProgramEnvironment(
            host, new ProgramScheduler(Network.SchedulerOf(host), host, _violations), Network.Host(host), () => random.Next(), _lanes, _violations);
    }

    private ServerProgram ServerOf(int server)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(server);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(server, _servers.Length);
        return _servers[server];
    }
}
