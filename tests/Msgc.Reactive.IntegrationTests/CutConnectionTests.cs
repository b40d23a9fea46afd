using System.Reactive.Linq;

namespace Msgc.Reactive.IntegrationTests;

/// <summary>Connections cut in the middle of frames, under load. (contract, "§4")</summary>
public sealed class CutConnectionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_hundred_cuts_under_load_lose_nothing_outside_of_gaps_and_repeat_and_reorder_nothing(bool cutMember)
    {
        const int Cuts = 200;
        var random = new Random(7);
        await using var server = await MsgcServer.StartAsync(new MsgcServerOptions { Listen = ["127.0.0.1:0"], NodeName = "s" });
        await using var proxy = new CuttingProxy(server.Endpoints[0].Port, () => random.Next(20_000, 200_000));
        MsgcClientOptions Options(bool cut) => new()
        {
            Servers = [cut ? proxy.Endpoint : server.Endpoints[0].ToString()], ReconnectInterval = TimeSpan.FromMilliseconds(5),
        };
        await using var member = await MsgcClient.ConnectAsync(Options(cutMember));
        await using var publisher = await MsgcClient.ConnectAsync(Options(!cutMember));
        var log = new Log();
        using var subscription = member.Group("x").Events.Where(e => e.View is null).Subscribe(log.Take);
        await member.Group("x").WhenJoinedAsync();

        var payload = new byte[300];
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (proxy.Cuts < Cuts)
        {
            for (var i = 0; i < 100; i++) await publisher.Group("x").PublishAsync(payload, patience.Token);
        }
        Assert.Empty(log.Errors);
        Assert.True(log.Messages > 1000, $"only {log.Messages} messages arrived");
        if (cutMember) Assert.True(log.Losses > Cuts / 2, $"only {log.Losses} losses were told of {proxy.Cuts} cuts");
        else Assert.Equal(0, log.Losses);
    }

    private sealed class Log
    {
        private long _last;
        private long _skipped;

        public List<string> Errors { get; } = [];

        public int Messages { get; private set; }

        public int Losses { get; private set; }

        public void Take(MsgcGroupEvent e)
        {
            if (e.Gap is { Cause: MsgcGapCause.ConnectionLost }) Losses++;
            if (e.Gap is { Cause: MsgcGapCause.Skip } skip) _skipped = skip.Count!.Value;
            if (!e.TryGetMessage(out var message)) return;
            Messages++;
            if (_last != 0 && message.Number != _last + 1 + _skipped) Errors.Add($"{message.Number} after {_last} with a gap of {_skipped}");
            _last = message.Number;
            _skipped = 0;
        }
    }
}
