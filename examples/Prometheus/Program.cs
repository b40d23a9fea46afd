// A server and two clients whose metrics Prometheus can scrape, by way of OpenTelemetry. The program scrapes itself once, as Prometheus would.
using System.Globalization;
using System.Reactive.Linq;
using Msgc.Reactive;
using OpenTelemetry;
using OpenTelemetry.Metrics;

var port = args is [var given] ? int.Parse(given, CultureInfo.InvariantCulture) : 9464;

// This is all it takes: the name of the meter, and an exporter.
using var metrics = Sdk.CreateMeterProviderBuilder()
    .AddMeter("Msgc.Reactive")
    .AddPrometheusHttpListener(options => options.Port = port)
    .Build();

await using var server = await MsgcServer.StartAsync(new MsgcServerOptions { Listen = ["127.0.0.1:0"], NodeName = "demo" });
string[] servers = [server.Endpoints[0].ToString()];
await using var sensor = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = servers, Name = "sensor" });
await using var display = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = servers, Name = "display" });

// Something to count: a hundred readings a second.
var shown = new TaskCompletionSource();
using var showing = display.Group("readings").Skip(100).Subscribe(_ => shown.TrySetResult());
await display.Group("readings").WhenJoinedAsync();
using var reading = Observable.Interval(TimeSpan.FromMilliseconds(10), sensor.Scheduler)
    .Select(number => (ReadOnlyMemory<byte>)BitConverter.GetBytes(number))
    .Subscribe(sensor.Group("readings"));
await shown.Task.WaitAsync(TimeSpan.FromSeconds(10));

var url = $"http://localhost:{port}/metrics";
using var prometheus = new HttpClient();
foreach (var line in (await prometheus.GetStringAsync(url)).Split('\n'))
{
    if (line.StartsWith("msgc_", StringComparison.Ordinal)) Console.WriteLine(line);
}
Console.WriteLine($"It goes on at {url} until you press Enter.");
Console.ReadLine();
