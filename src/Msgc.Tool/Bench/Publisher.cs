using System.Reactive.Concurrency;
using Msgc.Reactive;

namespace Msgc.Tool.Bench;

/// <summary>Publishes to all groups in turn, at its rate or as fast as flow control allows.</summary>
/// <param name="client">Its own.</param>
/// <param name="index">Counted from 0.</param>
/// <param name="load">What is measured.</param>
/// <param name="names">The groups.</param>
/// <param name="clock">The run's stopwatch.</param>
/// <param name="overslept">By how much it woke up too late, each time it slept until a message was due.</param>
internal sealed class Publisher(MsgcClient client, int index, Workload load, string[] names, IStopwatch clock, Latencies overslept)
{
    /// <summary>At full speed every so manieth message is timed: reading the clock for each would cost more than the rest.</summary>
    public const int Sampling = 64;

    private static readonly TimeSpan LongestNap = TimeSpan.FromMilliseconds(50);

    private readonly MsgcGroup[] _groups = Array.ConvertAll(names, client.Group);
    private readonly Timetable? _times = load.Rate is { } rate ? new Timetable(rate, index, load.Publishers) : null;
    private readonly byte[] _payload = new byte[load.Size];
    private long _published;

    /// <summary>Measured messages that were published.</summary>
    public long Published => Volatile.Read(ref _published);

    /// <summary>Those to one of the groups, counted from 0.</summary>
    public long PublishedTo(int group) => (Published + _groups.Length - 1 - group) / _groups.Length;

    /// <summary>Publishes what is not measured, until the token ends it.</summary>
    public Task WarmUpAsync(CancellationToken token) => RunAsync(isMeasured: false, long.MaxValue, token);

    /// <summary>Publishes what is measured, until all is published or the token ends it.</summary>
    public Task PublishAsync(CancellationToken token) => RunAsync(isMeasured: true, load.Messages ?? long.MaxValue, token);

    /// <summary>Tells the members of all groups that this was all, and completes when the server has handled everything.</summary>
    public async Task EndAsync(long number, CancellationToken token)
    {
        new Stamp(index, number, Stamp.Untimed).Write(_payload);
        foreach (var group in _groups) await group.PublishAsync(_payload, token);
        await client.FlushAsync(token);
    }

    private async Task RunAsync(bool isMeasured, long count, CancellationToken token)
    {
        try
        {
            // At a rate on a thread of its own, which sleeps.
            await (_times is null
                ? Task.Run(() => FloodAsync(isMeasured, count, token), token)
                : Task.Factory.StartNew(() => Pace(_times, isMeasured, count, token), token, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // As asked.
        }
        catch (ArgumentException error)
        {
            throw new Failure($"--size is {load.Size}: {error.Message.Split(" (Parameter")[0]}");
        }
    }

    private async Task FloodAsync(bool isMeasured, long count, CancellationToken token)
    {
        for (var message = 0L; message < count && !token.IsCancellationRequested; message++)
        {
            var isTimed = isMeasured && message % Sampling == 0;
            await Next(message, isMeasured, isTimed ? clock.Elapsed.Ticks : Stamp.Untimed, token);
            if (isMeasured) Volatile.Write(ref _published, message + 1);
        }
    }

    /// <summary>What is late is timed from when it was due all the same: whoever waits for a slow server has waited from then on.</summary>
    private void Pace(Timetable times, bool isMeasured, long count, CancellationToken token)
    {
        var began = clock.Elapsed;
        for (var message = 0L; message < count; message++)
        {
            if (isMeasured && times.At(message) >= load.Duration) return;
            var due = began + times.At(message);
            if (!SleepUntil(due, isMeasured, token)) return;
            var publishing = Next(message, isMeasured, due.Ticks, token);
            if (publishing.IsCompleted) publishing.GetAwaiter().GetResult();
            else publishing.AsTask().GetAwaiter().GetResult();
            if (isMeasured) Volatile.Write(ref _published, message + 1);
        }
    }

    /// <summary>False when the token has ended it.</summary>
    private bool SleepUntil(TimeSpan due, bool isMeasured, CancellationToken token)
    {
        var (hasSlept, ahead) = (false, due - clock.Elapsed);
        for (; ahead > TimeSpan.Zero && !token.IsCancellationRequested; ahead = due - clock.Elapsed)
        {
            Nap.For(ahead < LongestNap ? ahead : LongestNap);
            hasSlept = true;
        }
        if (hasSlept && isMeasured && ahead <= TimeSpan.Zero) overslept.Record(-ahead.Ticks);
        return !token.IsCancellationRequested;
    }

    private ValueTask Next(long message, bool isMeasured, long time, CancellationToken token)
    {
        var (number, group) = Math.DivRem(message, _groups.Length);
        new Stamp(index, isMeasured ? number : Stamp.WarmUp, time).Write(_payload);
        return _groups[group].PublishAsync(_payload, token);
    }
}
