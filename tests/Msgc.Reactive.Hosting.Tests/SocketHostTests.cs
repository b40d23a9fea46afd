using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Msgc.Reactive.Hosting.Tests;

/// <summary>A host as applications have it: a file on disk, sockets, real time.</summary>
public sealed class SocketHostTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("msgc-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_file_configures_a_host_that_follows_it_reports_its_health_and_stops()
    {
        var socket = Path.Combine(_directory.FullName, "msgc.sock");
        var file = Path.Combine(_directory.FullName, "msgc.conf");
        await File.WriteAllTextAsync(file, Conf(socket, keepAlive: 7));
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddMsgcConf(file, reloadOnChange: true);
        builder.Logging.ClearProviders();
        builder.Services.AddMsgcServer().AddMsgcClient().AddMsgcClient("second");
        builder.Services.AddHealthChecks().AddMsgcServer().AddMsgcClient().AddMsgcClient("second");
        using var host = builder.Build();
        await host.StartAsync();
        var server = host.Services.GetRequiredService<MsgcServer>();
        var client = host.Services.GetRequiredService<MsgcClient>();
        var second = host.Services.GetRequiredKeyedService<MsgcClient>("second");
        Assert.Equal(TimeSpan.FromSeconds(7), server.Options.KeepAliveInterval);

        var heard = second.Group("x").FirstAsync().ToTask();
        await second.Group("x").WhenJoinedAsync().WaitAsync(Deadline);
        await client.Group("x").PublishAsync("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), (await heard.WaitAsync(Deadline)).Payload.ToArray());
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal((HealthStatus.Healthy, 3), (health.Status, health.Entries.Count));

        var changed = new TaskCompletionSource();
        using (host.Services.GetRequiredService<IOptionsMonitor<MsgcServerOptions>>().OnChange((_, _) => changed.TrySetResult()))
        {
            await File.WriteAllTextAsync(file, Conf(socket, keepAlive: 8));
            await changed.Task.WaitAsync(Deadline);
        }
        Assert.Equal(TimeSpan.FromSeconds(8), server.Options.KeepAliveInterval);
        Assert.Equal(MsgcConnectionPhase.Connected, (await second.State.FirstAsync().ToTask().WaitAsync(Deadline)).Phase);

        var end = second.State.LastAsync().ToTask();
        await host.StopAsync().WaitAsync(Deadline);
        Assert.Equal(MsgcConnectionPhase.Closed, (await end.WaitAsync(Deadline)).Phase);
        Assert.False(File.Exists(socket));
    }

    private static string Conf(string socket, int keepAlive) => $$"""
        msgcserver_listener { Listen "{{socket}}" { } }
        msgc_server { keepalive_interval = {{keepAlive}} }
        msgc_client { server = "{{socket}}" }
        msgc_client "second" { server = ( "{{socket}}" ) }
        """;
}
