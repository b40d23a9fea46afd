namespace Msgc.Reactive.Transport;

/// <summary>
/// Threads that receive for one connection each, while those are few, as a process's clients are. Such a thread waits for its socket itself:
/// neither the runtime's event loop nor the pool need wake for what comes, which takes up to a seventh of the time at full load, and half of
/// a client's at little. On Linux only: elsewhere a thread that waits is not sure to hear of the end of its socket.
/// </summary>
/// <param name="most">For how many connections at once.</param>
internal sealed class ReceiveThreads(int most)
{
    private int _taken;

    /// <summary>The process's. The more connections there are, the less is a thread for each worth what it takes.</summary>
    public static ReceiveThreads Shared { get; } = new(16);

    /// <summary>A place for one connection, until the place is disposed of; null when all are taken.</summary>
    public Place? TryTake()
    {
        if (!OperatingSystem.IsLinux()) return null;
        if (Interlocked.Increment(ref _taken) <= most) return new Place(this);
        Interlocked.Decrement(ref _taken);
        return null;
    }

    /// <summary>A connection's right to a thread: while it is dialled, and then to receive.</summary>
    public sealed class Place(ReceiveThreads threads) : IDisposable
    {
        private int _isLeft;

        /// <summary>Runs this on a thread that waits, as none of the pool's should.</summary>
        public Task RunAsync(Action work)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            new Thread(() => Run(work, done)) { IsBackground = true, Name = "msgc connection" }.UnsafeStart();
            return done.Task;
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0) Interlocked.Decrement(ref threads._taken);
        }

        private static void Run(Action work, TaskCompletionSource done)
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        }
    }
}
