using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Msgc.Tool.Bench;

/// <summary>A result as lines for people, or as one JSON object.</summary>
internal static class BenchReport
{
    private static readonly (string Text, string Json, double At)[] Percentiles =
        [("p50", "p50", 50), ("p90", "p90", 90), ("p99", "p99", 99), ("p99.9", "p999", 99.9)];

    public static string Text(BenchResult result)
    {
        var load = result.Load;
        var rate = load.Rate is { } perSecond ? string.Create(CultureInfo.InvariantCulture, $"{perSecond:#,0.###} messages/s each") : "as fast as flow control allows";
        var lines = new StringBuilder();
        void Line(string name, FormattableString text) => lines.Append($"{name,-10} ").AppendLine(text.ToString(CultureInfo.InvariantCulture).TrimEnd());

        Line("load", $"{Counted(load.Publishers, "publisher")}, {Counted(load.Subscribers, "subscriber")}, {Counted(load.Groups, "group")}, {load.Size:N0} bytes, {rate}");
        Line("published", $"{result.Published:N0} in {result.Publishing.TotalSeconds:N3} s, {result.PublishedPerSecond:N0}/s");
        Line("delivered", $"{result.Delivered:N0} of {result.Expected:N0} in {result.Delivering.TotalSeconds:N3} s, {result.DeliveredPerSecond:N0}/s, {result.MegabytesPerSecond:N1} MB/s");
        Line("lost", $"{result.Lost:N0} in {Counted(result.Gaps, "gap")}, {result.Duplicated:N0} duplicated, {result.OutOfOrder:N0} out of order");
        Line("latency", $"{Times(result.Latencies)}");
        if (load.Rate is null)
        {
            Line("", $"one way, of every {Publisher.Sampling}th message; without --rate it is the time spent in full queues");
        }
        else
        {
            Line("", $"one way, of all messages, each from when it was due");
            Line("overslept", $"{Times(result.Overslept)}: so late publishers woke up, part of the latency");
        }
        return lines.ToString();
    }

    public static string Json(BenchResult result)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(bytes);
        var load = result.Load;
        json.WriteStartObject();
        json.WriteNumber("publishers"u8, load.Publishers);
        json.WriteNumber("subscribers"u8, load.Subscribers);
        json.WriteNumber("groups"u8, load.Groups);
        json.WriteNumber("size"u8, load.Size);
        if (load.Rate is { } rate) json.WriteNumber("rate"u8, rate);
        else json.WriteNull("rate"u8);
        json.WriteNumber("published"u8, result.Published);
        json.WriteNumber("expected"u8, result.Expected);
        json.WriteNumber("delivered"u8, result.Delivered);
        json.WriteNumber("lost"u8, result.Lost);
        json.WriteNumber("gaps"u8, result.Gaps);
        json.WriteNumber("duplicated"u8, result.Duplicated);
        json.WriteNumber("outOfOrder"u8, result.OutOfOrder);
        json.WriteNumber("publishSeconds"u8, result.Publishing.TotalSeconds);
        json.WriteNumber("deliverSeconds"u8, result.Delivering.TotalSeconds);
        json.WriteNumber("publishedPerSecond"u8, Math.Round(result.PublishedPerSecond, 1));
        json.WriteNumber("deliveredPerSecond"u8, Math.Round(result.DeliveredPerSecond, 1));
        json.WriteNumber("megabytesPerSecond"u8, Math.Round(result.MegabytesPerSecond, 3));
        Times(json, "latencyMicroseconds", result.Latencies);
        if (load.Rate is not null) Times(json, "oversleptMicroseconds", result.Overslept);
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static string Times(Latencies times) => times.Count == 0
        ? "not measured"
        : string.Join(", ", Percentiles.Select(p => $"{p.Text} {Microseconds(times.At(p.At))}").Append($"max {Microseconds(times.Max)}")) + " µs";

    private static void Times(Utf8JsonWriter json, string name, Latencies times)
    {
        json.WriteStartObject(name);
        json.WriteNumber("samples"u8, times.Count);
        if (times.Count > 0)
        {
            foreach (var p in Percentiles) json.WriteNumber(p.Json, times.At(p.At));
            json.WriteNumber("max"u8, times.Max);
        }
        json.WriteEndObject();
    }

    private static string Microseconds(double time) => time.ToString(time < 10 ? "N1" : "N0", CultureInfo.InvariantCulture);

    private static string Counted(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? "" : "s")}");
}
