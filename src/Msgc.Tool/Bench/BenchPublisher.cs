using System.Reactive.Concurrency;
using Msgc.Reactive;

namespace Msgc.Tool.Bench;

/// <summary>Publishes to the groups in turn, from one payload that is written over and over, since publishing copies it.</summary>
internal sealed class BenchPublisher(int index, MsgcGroup[] groups, BenchPlan plan, IStopwatch clock)
{
    /// <summary>Without a rate, one message in so many has a time: reading the clock for each would be measured, too.</summary>
    private const int Sampled = 64;

    private long _published;

    /// <summary>How many so far.</summary>
    public long Published => Volatile.Read(ref _published);

    /// <summary>Publishes until that many are, or until that time, whichever the plan says.</summary>
    public Task RunAsync(long? messages, TimeSpan until, IScheduler scheduler, CancellationToken token) =>
        plan.Rate is { } rate ? PaceAsync(rate, messages, until, scheduler, token) : FloodAsync(messages, until, token);

    private async Task FloodAsync(long? messages, TimeSpan until, CancellationToken token)
    {
        var payload = new byte[plan.Size];
        for (long i = 0; messages is { } all ? i < all : i % Sampled != 0 || clock.Elapsed < until; i++)
        {
            if (token.IsCancellationRequested) return;
            await PublishAsync(payload, i % Sampled == 0 ? clock.Elapsed : TimeSpan.Zero, token);
        }
    }

    /// <summary>
    /// A message's time is when it was due: a publisher that is held up does not hide how long others would have waited. Only a timer that
    /// fires late is not held against the messages.
    /// </summary>
    private async Task PaceAsync(double rate, long? messages, TimeSpan until, IScheduler scheduler, CancellationToken token)
    {
        var payload = new byte[plan.Size];
        var (began, woken) = (clock.Elapsed, clock.Elapsed);
        var pace = new Pace(rate, scheduler);
        for (long i = 0; messages is { } all ? i < all : clock.Elapsed < until; i++)
        {
            if (pace.NextAsync(token) is { IsCompleted: false } wait)
            {
                await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                woken = clock.Elapsed;
            }
            if (token.IsCancellationRequested) return;
            var due = began + TimeSpan.FromSeconds(i / rate);
            await PublishAsync(payload, due > woken ? due : woken, token);
        }
    }

    private async ValueTask PublishAsync(byte[] payload, TimeSpan time, CancellationToken token)
    {
        new BenchStamp(time.Ticks, index, _published + 1).Write(payload);
        await groups[(int)(_published % groups.Length)].PublishAsync(payload, token);
        Volatile.Write(ref _published, _published + 1);
    }
}
