using System.Buffers;
using System.Globalization;
using System.Text.Json;
using HdrHistogram;

namespace Msgc.Tool.Bench;

/// <summary>What came out.</summary>
internal sealed record BenchResult(BenchPlan Plan, TimeSpan Elapsed, long Published, long Delivered)
{
    private static readonly (string Name, double Percentile)[] Percentiles = [("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9), ("max", 100)];

    public required long Disordered { get; init; }

    /// <summary>Gaps that the library has told of.</summary>
    public required long Gaps { get; init; }

    /// <summary>In ticks.</summary>
    public required LongHistogram Latencies { get; init; }

    /// <summary>Each subscriber is to hear each message.</summary>
    public long Expected => Published * Plan.Subscribers;

    public long Lost => Expected - Delivered;

    public bool IsGood => Lost == 0 && Disordered == 0;

    public IEnumerable<string> Lines()
    {
        yield return Line("published", Published, "");
        yield return Line("delivered", Delivered, string.Create(CultureInfo.InvariantCulture, $" of {Expected:N0}"));
        yield return string.Create(CultureInfo.InvariantCulture, $"lost       {Lost:N0}, out of order {Disordered:N0}, gaps {Gaps:N0}");
        if (Latencies.TotalCount == 0) yield break;
        var times = string.Join("  ", Percentiles.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name} {Microseconds(p.Percentile):N0}")));
        yield return $"latency    {times} µs";
        if (Plan.Rate is null) yield return "           at full speed mostly waiting in queues; --rate measures the way";
    }

    public void Json(ArrayBufferWriter<byte> line)
    {
        using var json = new Utf8JsonWriter(line, LineFormat.Relaxed);
        json.WriteStartObject();
        json.WriteNumber("seconds"u8, Elapsed.TotalSeconds);
        json.WriteNumber("published"u8, Published);
        json.WriteNumber("expected"u8, Expected);
        json.WriteNumber("delivered"u8, Delivered);
        json.WriteNumber("lost"u8, Lost);
        json.WriteNumber("outOfOrder"u8, Disordered);
        json.WriteNumber("gaps"u8, Gaps);
        json.WriteNumber("publishedPerSecond"u8, Math.Round(Published / Elapsed.TotalSeconds));
        json.WriteNumber("deliveredPerSecond"u8, Math.Round(Delivered / Elapsed.TotalSeconds));
        json.WriteStartObject("latencyMicroseconds"u8);
        if (Latencies.TotalCount > 0)
        {
            foreach (var (name, percentile) in Percentiles) json.WriteNumber(name, Microseconds(percentile));
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private string Line(string what, long count, string of)
    {
        var perSecond = count / Elapsed.TotalSeconds;
        return string.Create(
            CultureInfo.InvariantCulture, $"{what}  {count:N0}{of} messages in {Elapsed.TotalSeconds:N2} s: {perSecond:N0}/s, {perSecond * Plan.Size / 1e6:N1} MB/s");
    }

    private double Microseconds(double percentile) => Latencies.GetValueAtPercentile(percentile) / (double)TimeSpan.TicksPerMicrosecond;
}
