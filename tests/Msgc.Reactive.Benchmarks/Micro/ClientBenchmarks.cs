using System.Buffers.Binary;
using System.Reactive.Linq;
using BenchmarkDotNet.Attributes;
using Msgc.Reactive.Benchmarks.Costs;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Benchmarks.Micro;

/// <summary>A client but for its sockets: what publishing takes up to the send, and what delivery takes from the received block to the observer. Figures are per message.</summary>
public class ClientBenchmarks
{
    private const int Messages = 100;

    private readonly byte[] _payload = new byte[128];
    private FarServer _server = null!;
    private MsgcGroup _published = null!;
    private byte[] _block = [];
    private ulong _number;
    private long _seen;

    [GlobalSetup(Targets = [nameof(Publish), nameof(PublishOrDrop)])]
    public void Setup()
    {
        _server = new FarServer();
        _published = _server.Client.Group("bench.group");
    }

    [GlobalSetup(Target = nameof(Deliver))]
    public void SetupDeliver() => Receive(group => group.Subscribe(message => _seen += message.Payload.Length));

    [GlobalSetup(Target = nameof(DeliverThroughWhereAndSelect))]
    public void SetupLinq() => Receive(group => group.Where(m => m.Number > 0).Select(m => m.Payload).Subscribe(payload => _seen += payload.Length));

    [GlobalSetup(Target = nameof(DeliverAsEvents))]
    public void SetupEvents() => Receive(group => group.Events.Subscribe(e => _seen += e.Message?.Payload.Length ?? 0));

    [GlobalCleanup]
    public void Cleanup()
    {
        _server.Client.Dispose();
        _server.Pump.Run();
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public void Publish()
    {
        for (var i = 0; i < Messages; i++)
        {
            if (!_published.PublishAsync(_payload).IsCompletedSuccessfully) throw new InvalidOperationException("There was no room.");
        }
        _server.Pump.Run();
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public void PublishOrDrop()
    {
        for (var i = 0; i < Messages; i++) _published.OnNext(_payload);
        _server.Pump.Run();
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public long Deliver() => DeliverBlock();

    [Benchmark(OperationsPerInvoke = Messages)]
    public long DeliverThroughWhereAndSelect() => DeliverBlock();

    [Benchmark(OperationsPerInvoke = Messages)]
    public long DeliverAsEvents() => DeliverBlock();

    private void Receive(Func<MsgcGroup, IDisposable> subscribe)
    {
        Setup();
        subscribe(_published);
        _server.Pump.Run();
        var name = "bench.group"u8;
        var length = MessageFrame.LengthOf(name.Length, _payload.Length);
        _block = new byte[Messages * length];
        for (var i = 0; i < Messages; i++) MessageFrame.Write(_block.AsSpan(i * length), 7, 1, name, _payload);
        if (DeliverBlock() != Messages * _payload.Length) throw new InvalidOperationException("Messages are missing.");
    }

    // With numbers that go on, or they would be duplicates.
    private long DeliverBlock()
    {
        for (var at = 0; at < _block.Length; at += _block.Length / Messages) BinaryPrimitives.WriteUInt64LittleEndian(_block.AsSpan(at + 16), ++_number);
        _server.Wire.Play(_block);
        return _seen;
    }
}
