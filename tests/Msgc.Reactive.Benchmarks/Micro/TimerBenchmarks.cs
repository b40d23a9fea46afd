using System.Reactive.Concurrency;
using BenchmarkDotNet.Attributes;
using Msgc.Reactive.Operators;

namespace Msgc.Reactive.Benchmarks.Micro;

/// <summary>What activity costs under the timer of keepalives and idle timeouts, and what arming it anew costs.</summary>
public class TimerBenchmarks
{
    private QuietTimer _timer = null!;

    [GlobalSetup]
    public void Setup() => _timer = new QuietTimer(DefaultScheduler.Instance, () => { }, repeats: true) { Interval = TimeSpan.FromHours(1) };

    [GlobalCleanup]
    public void Cleanup() => _timer.Dispose();

    [Benchmark]
    public void Mark() => _timer.Mark();

    [Benchmark]
    public void EnterAndExit()
    {
        if (_timer.TryEnter()) _timer.Exit();
    }

    [Benchmark]
    public void Arm() => _timer.Interval = TimeSpan.FromHours(1);
}
