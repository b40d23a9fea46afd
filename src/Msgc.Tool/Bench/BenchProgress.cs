using System.Globalization;
using System.Reactive.Concurrency;
using Spectre.Console;

namespace Msgc.Tool.Bench;

/// <summary>How far a run is, on standard error: a live line while that is a terminal, else a line now and then.</summary>
internal static class BenchProgress
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan NowAndThen = TimeSpan.FromSeconds(2);

    /// <summary>Runs the work, showing its progress.</summary>
    public static async Task ShowAsync(Benchmark bench, Func<Task> work)
    {
        if (Terminal.Error is not { } terminal)
        {
            using (DefaultScheduler.Instance.SchedulePeriodic(NowAndThen, () => SayOf(bench))) await work();
            return;
        }
        await terminal.Status().StartAsync("connecting", async status =>
        {
            using (DefaultScheduler.Instance.SchedulePeriodic(Refresh, () => status.Status(Line(bench)))) await work();
        });
    }

    private static void SayOf(Benchmark bench)
    {
        if (bench.HasBegun) Notice.Say(Line(bench));
    }

    private static string Line(Benchmark bench)
    {
        if (!bench.HasBegun) return "warming up";
        var (published, delivered, seconds) = (bench.Published, bench.Delivered, bench.Elapsed.TotalSeconds);
        return string.Create(CultureInfo.InvariantCulture, $"{published:N0} published, {delivered:N0} delivered in {seconds:N1} s, {delivered / seconds:N0} deliveries per second");
    }
}
