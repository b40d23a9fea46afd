using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;
using Msgc.Reactive.Testing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>A queue, what drains it, and what it has told, on virtual time: for tests of what it grants.</summary>
public abstract class OutboxRig
{
    private protected static readonly Load One = new(1, 100);
    private protected static readonly long StallTicks = TimeSpan.FromSeconds(1).Ticks;

    private protected readonly VirtualScheduler _scheduler = new();
    private protected readonly BlockPool _pool = new();
    private protected readonly Feeder _feeder = new();
    private protected readonly HeldConnection _connection = new();
    private protected readonly List<string> _told = [];
    private protected readonly Outbox _outbox;
    private protected readonly Sender _sender;
    private protected int _emptied;
    private protected TimeSpan _stallTimeout = TimeSpan.FromSeconds(1);
    private protected BacklogLimits _limits = new(5000, 16 * 1024 * 1024);

    protected OutboxRig()
    {
        var dispatcher = new Dispatcher(_scheduler);
        _outbox = new Outbox(new OutboxSettings(_scheduler)
        {
            LimitsInForce = () => _limits,
            StallTimeout = () => _stallTimeout,
            Clock = () => TimeSpan.FromTicks(_scheduler.Clock),
            Pool = _pool,
        });
        _sender = new Sender(_connection, _outbox, dispatcher, () => 20, (_, _) => { }, () => _emptied++);
        _connection.Sent = _sender.OnSent;
        _outbox.Attach(_sender, new Owner(_told));
    }

    private protected void Fill(int messages)
    {
        for (var i = 0; i < messages; i++) Assert.True(_outbox.TryReserve(One, _feeder));
    }

    private protected void Expire()
    {
        Fill(2500);
        Assert.False(_outbox.TryReserve(One, _feeder));
        _scheduler.AdvanceBy(StallTicks);
        Assert.Equal(1, _feeder.Retries);
    }

    private protected void Queue(int messages)
    {
        for (var i = 0; i < messages; i++)
        {
            var block = _pool.Rent();
            var length = MessageFrame.Write(block.Bytes, 1, 1, "x"u8, "y"u8);
            Assert.True(_outbox.TryReserve(new Load(1, length), _feeder));
            _outbox.Enqueue(new Run(block, 0, length, 1));
            _outbox.Wake();
        }
    }

    private protected sealed class Feeder : IFeeder
    {
        public int Retries { get; private set; }

        public string Group => "x";

        public void Retry() => Retries++;
    }

    private sealed class Owner(List<string> told) : IOutboxOwner
    {
        public void Slow(Load used, string group) => told.Add($"slow at {used.Messages}");

        public void Stuck(Load used, string group) => told.Add($"stuck at {used.Messages}");
    }
}
