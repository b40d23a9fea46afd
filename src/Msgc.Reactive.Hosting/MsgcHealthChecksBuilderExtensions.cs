using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Msgc.Reactive.Hosting.Services;

namespace Msgc.Reactive.Hosting;

/// <summary>Health checks of servers and clients that were added to the services.</summary>
public static class MsgcHealthChecksBuilderExtensions
{
    /// <summary>Checks a server: healthy while it listens and is linked to all its peers, degraded while it is not to some, else the failure status.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="key">The server's key; null for the one without.</param>
    /// <param name="name">The check's name; default <c>msgc-server</c>, with the key behind it.</param>
    /// <param name="failureStatus">What it is when it does not listen; default unhealthy.</param>
    /// <param name="tags">The check's tags.</param>
    public static IHealthChecksBuilder AddMsgcServer(
        this IHealthChecksBuilder builder, string? key = null, string? name = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null) =>
        Add<ServerService>(builder, key, name ?? Name("msgc-server", key), failureStatus, tags, service => new ServerHealthCheck(service));

    /// <summary>Checks a client: healthy while it is connected, else the failure status.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="key">The client's key; null for the one without.</param>
    /// <param name="name">The check's name; default <c>msgc-client</c>, with the key behind it.</param>
    /// <param name="failureStatus">What it is when it is not connected; default unhealthy.</param>
    /// <param name="tags">The check's tags.</param>
    public static IHealthChecksBuilder AddMsgcClient(
        this IHealthChecksBuilder builder, string? key = null, string? name = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null) =>
        Add<ClientService>(builder, key, name ?? Name("msgc-client", key), failureStatus, tags, service => new ClientHealthCheck(service));

    private static string Name(string what, string? key) => string.IsNullOrEmpty(key) ? what : $"{what}-{key}";

    private static IHealthChecksBuilder Add<TService>(
        IHealthChecksBuilder builder, string? key, string name, HealthStatus? failureStatus, IEnumerable<string>? tags, Func<TService, IHealthCheck> check)
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(name, p => check(p.GetRequiredKeyedService<TService>(key ?? Options.DefaultName)), failureStatus, tags));
    }
}
