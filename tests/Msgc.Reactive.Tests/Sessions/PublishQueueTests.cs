using System.Buffers;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Tests.Sessions;

public class PublishQueueTests
{
    [Fact]
    public async Task A_publish_that_waited_for_room_reads_its_payload_before_its_task_completes()
    {
        var limits = new BacklogLimits(8, 1024 * 1024);
        var queue = new PublishQueue(new Dispatcher(null), new BlockPool(), 1, () => limits, 1024);
        var counter = new PublishCounter("g"u8.ToArray());
        for (var i = 0; i < 8; i++) await queue.PublishAsync(counter, new byte[] { 1 }, default);

        var payload = new WatchedMemory();
        var task = queue.PublishAsync(counter, payload.Memory, default).AsTask();
        payload.Task = task;
        limits = new BacklogLimits(9, 1024 * 1024);
        queue.Readmit();

        await task;
        Assert.Equal([false], payload.CompletedWhenRead);
    }

    /// <summary>Notes at each reading whether the task has completed, and with it the right to read.</summary>
    private sealed class WatchedMemory : MemoryManager<byte>
    {
        public Task? Task { get; set; }

        public List<bool> CompletedWhenRead { get; } = [];

        public override Memory<byte> Memory => CreateMemory(1);

        public override Span<byte> GetSpan()
        {
            CompletedWhenRead.Add(Task!.IsCompleted);
            return new byte[1];
        }

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
