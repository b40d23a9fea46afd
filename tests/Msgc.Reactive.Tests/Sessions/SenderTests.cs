using Msgc.Reactive.Sessions;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>How senders share the scheduler. (contract, "§2", MessagesPerIteration)</summary>
public sealed class SenderTests
{
    private readonly VirtualScheduler _scheduler = new();

    [Fact]
    public void Two_busy_connections_are_served_20_and_20()
    {
        var order = new List<string>();
        Sender Make(string name)
        {
            var connection = new HeldConnection();
            return new Sender(connection, new CountingSource(name, order, 100), new Dispatcher(_scheduler), () => 20, (_, _) => { }, () => { });
        }

        Sender a = Make("a"), b = Make("b");
        a.Wake();
        b.Wake();
        _scheduler.AdvanceBy(1);
        Assert.Equal(["a 20", "b 20", "a 20", "b 20", "a 20", "b 20", "a 20", "b 20", "a 20", "b 20"], order);
    }

    private sealed class CountingSource(string name, List<string> order, int messages) : IRunSource
    {
        private int _left = messages;

        public bool IsEmpty => _left == 0;

        public int MaxBatchMessages => int.MaxValue;

        public bool TryTake(int maxMessages, out Run run)
        {
            run = default;
            if (_left == 0) return false;
            var count = Math.Min(maxMessages, _left);
            _left -= count;
            order.Add($"{name} {count}");
            run = new Run(new Block(new byte[count]), 0, count, count);
            return true;
        }

        public void Handed(Load load)
        {
        }

        public void Sent(Load load)
        {
        }

        public void Drop()
        {
        }
    }
}
