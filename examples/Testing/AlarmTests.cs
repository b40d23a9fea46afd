using System.Text;
using Msgc.Reactive;
using Msgc.Reactive.Testing;
using Xunit;

/// <summary>Three servers, a sensor, and somebody who watches, all in virtual time: a minute takes milliseconds, and always goes alike.</summary>
public sealed class AlarmTests : IDisposable
{
    private readonly VirtualScheduler _scheduler = new();                       // or Microsoft.Reactive.Testing's TestScheduler
    private readonly TestCluster _cluster;
    private readonly MsgcClient _sensor;
    private readonly List<string> _alarms = [];

    public AlarmTests()
    {
        _cluster = new TestCluster(_scheduler, servers: 3, seed: 42);
        _sensor = _cluster.Client("sensor", server: 0);
        Alarms.Of(_cluster.Client("watcher", servers: [2, 1]), _scheduler).Subscribe(alarm => _alarms.Add($"{Seconds} {alarm}"));
    }

    private double Seconds => Math.Round(TimeSpan.FromTicks(_scheduler.Clock).TotalSeconds, 1);

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void Three_hot_readings_are_an_alarm()
    {
        Read(80, 80, 80, 80, 20);
        AdvanceTo(10);
        Assert.Equal(["3 hot"], _alarms);
    }

    [Fact]
    public void One_hot_reading_is_none()
    {
        Read(20, 99, 20, 20);
        AdvanceTo(10);
        Assert.Empty(_alarms);
    }

    [Fact]
    public void A_sensor_behind_a_partition_is_silent_until_it_heals()
    {
        Read([.. Enumerable.Repeat(20, 40)]);
        _cluster.At(TimeSpan.FromSeconds(5.5), c => c.Partition([0], [1, 2]));
        _cluster.At(TimeSpan.FromSeconds(20.5), c => c.Heal());
        AdvanceTo(40);
        Assert.Equal(["15 silent"], _alarms);
    }

    [Fact]
    public void Readings_lost_with_a_server_are_told_and_the_next_server_goes_on()
    {
        Read([.. Enumerable.Repeat(80, 30)]);
        _cluster.At(TimeSpan.FromSeconds(1.5), c => c.Kill(2));
        AdvanceTo(20);
        Assert.Equal(["1.5 unsure, ConnectionLost", "3 hot"], _alarms.Where(alarm => !alarm.EndsWith("LinkLost")));
    }

    [Fact]
    public void A_server_that_stops_gracefully_loses_nothing()
    {
        Read([.. Enumerable.Repeat(20, 20)]);
        _cluster.At(TimeSpan.FromSeconds(5.5), c => _ = c.StopAsync(2));
        AdvanceTo(20);
        Assert.True(_alarms.Count == 0, _cluster.Timeline.ToString());
    }

    /// <summary>The sensor publishes one a second; application code with await lives in virtual time, too.</summary>
    private void Read(params int[] temperatures) => _cluster.Run(async () =>
    {
        foreach (var temperature in temperatures)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), _cluster.TimeProvider);
            await _sensor.Group("temperatures").PublishAsync(Encoding.UTF8.GetBytes($"{temperature}"));
        }
    });

    private void AdvanceTo(double seconds) => _scheduler.AdvanceTo(TimeSpan.FromSeconds(seconds).Ticks);
}
