using HdrHistogram;

namespace Msgc.Tool.Bench;

/// <summary>The distribution of many times: to three digits, up to an hour, each 100 ns at the least. Recording is thread-safe and allocates nothing.</summary>
internal sealed class Latencies
{
    private const double TicksPerMicrosecond = TimeSpan.TicksPerMicrosecond;

    private readonly LongConcurrentHistogram _ticks = new(1, TimeSpan.TicksPerHour, numberOfSignificantValueDigits: 3);

    public long Count => _ticks.TotalCount;

    public double Max => _ticks.GetMaxValue() / TicksPerMicrosecond;

    public void Record(long ticks) => _ticks.RecordValue(Math.Clamp(ticks, 0, TimeSpan.TicksPerHour));

    /// <summary>In µs.</summary>
    public double At(double percentile) => _ticks.GetValueAtPercentile(percentile) / TicksPerMicrosecond;

    /// <summary>Writes the percentile distribution, in µs, in the form that HdrHistogram's tools read (.hgrm).</summary>
    public void Write(TextWriter output) => _ticks.OutputPercentileDistribution(output, outputValueUnitScalingRatio: TicksPerMicrosecond);
}
