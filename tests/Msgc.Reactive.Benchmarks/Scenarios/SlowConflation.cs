using System.Buffers.Binary;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Msgc.Reactive.Benchmarks.Peers;
using Msgc.Reactive.Operators;

namespace Msgc.Reactive.Benchmarks.Scenarios;

/// <summary>A subscriber that is ten times too slow and conflates by key: it must see rising values, and the last one of each key.</summary>
internal sealed class SlowConflation : IScenario
{
    private const int Keys = 20;
    private const int PerSecond = 2_000;

    public string Name => "a tenth of the speed with Conflate";

    public async Task<IReadOnlyList<(string Name, double Value, string Unit)>> RunAsync(bool quick)
    {
        var rounds = PerSecond / Keys * (quick ? 1 : 10);
        await using var server = await ServerProcess.StartSelfAsync("msgc");
        string[] servers = [$"127.0.0.1:{server.PublishPort}"];
        await using var subscriber = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = servers });
        await using var publisher = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = servers });
        var (seen, delivered, backwards, gaps) = (new int[Keys], 0L, 0L, 0L);
        long received = 0, superseded = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watching = subscriber.Group("x").Events.Subscribe(e =>
        {
            if (e.Gap is not null) gaps++;
        });
        using var thread = new EventLoopScheduler();
        using var slow = subscriber.Group("x")
            .Select(message => Read(message.Payload.Span))
            .Do(_ => received++)
            .Conflate(value => value.Key, thread, onSuperseded: _ => superseded++)
            .Subscribe(value =>
            {
                Thread.Sleep(TimeSpan.FromSeconds(10.0 / PerSecond)); // the tenth part of what comes
                delivered++;
                if (value.Value <= seen[value.Key]) backwards++;
                seen[value.Key] = value.Value;
                if (value.Value == rounds && Array.TrueForAll(seen, last => last == rounds)) done.SetResult();
            });
        await subscriber.Group("x").WhenJoinedAsync();

        var payload = new byte[128];
        for (var value = 1; value <= rounds; value++)
        {
            for (var key = 0; key < Keys; key++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(payload, key);
                BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(4), value);
                await publisher.Group("x").PublishAsync(payload);
            }
            await Task.Delay(TimeSpan.FromSeconds((double)Keys / PerSecond));
        }
        await done.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return
        [
            ("published", rounds * Keys, "messages"), ("received", received, "messages"), ("delivered", delivered, "values"),
            ("superseded", superseded, "values"), ("lost: neither delivered nor superseded", received - delivered - superseded, "values"),
            ("gaps", gaps, ""), ("values that went backwards", backwards, ""),
        ];
    }

    private static (int Key, int Value) Read(ReadOnlySpan<byte> payload) =>
        (BinaryPrimitives.ReadInt32LittleEndian(payload), BinaryPrimitives.ReadInt32LittleEndian(payload[4..]));
}
