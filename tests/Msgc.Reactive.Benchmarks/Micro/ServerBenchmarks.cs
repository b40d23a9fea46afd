using BenchmarkDotNet.Attributes;
using Msgc.Reactive.Benchmarks.Costs;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Benchmarks.Micro;

/// <summary>A block of messages through a whole server but for its sockets: received, routed as runs, queued, drained, sent. Figures are per message.</summary>
public class ServerBenchmarks
{
    private const int Messages = 100;

    private World _world = null!;
    private FarClient _publisher = null!;
    private byte[] _oneGroup = [];
    private byte[] _inTurn = [];

    [Params(1, 10)]
    public int Members { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _world = new World();
        _publisher = _world.Client();
        int[] groups = [.. Enumerable.Range(0, Messages)];
        foreach (var member in _world.Clients(Members))
        {
            member.Wire.Play(FarClient.Say(FrameKind.Join, groups));
            World.Expect(member.Wire, FrameKind.JoinAck, groups.Length);
        }
        _oneGroup = _publisher.Messages(Enumerable.Repeat(0, Messages));
        _inTurn = _publisher.Messages(groups);
    }

    [GlobalCleanup]
    public Task Cleanup() => _world.DisposeAsync().AsTask();

    [Benchmark(OperationsPerInvoke = Messages)]
    public void RouteOneGroup() => _publisher.Wire.Play(_oneGroup);

    [Benchmark(OperationsPerInvoke = Messages)]
    public void RouteHundredGroupsInTurn() => _publisher.Wire.Play(_inTurn);
}
