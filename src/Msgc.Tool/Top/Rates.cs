namespace Msgc.Tool.Top;

/// <summary>Per second, between two reports.</summary>
internal readonly record struct Rates(double MessagesIn, double MessagesOut, double BytesIn, double BytesOut)
{
    public static Rates Between(StatisticsReport.Traffic before, StatisticsReport.Traffic now, double seconds) => seconds <= 0 ? default : new(
        (now.MessagesIn - before.MessagesIn) / seconds, (now.MessagesOut - before.MessagesOut) / seconds,
        (now.BytesIn - before.BytesIn) / seconds, (now.BytesOut - before.BytesOut) / seconds);

    /// <summary>Both ways together.</summary>
    public double Bytes => BytesIn + BytesOut;
}
