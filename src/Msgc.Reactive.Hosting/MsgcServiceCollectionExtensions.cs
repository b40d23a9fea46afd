using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Msgc.Reactive.Hosting.Services;
using Msgc.Reactive.Hosting.Settings;

namespace Msgc.Reactive.Hosting;

/// <summary>Servers and clients for the generic host. They follow their configuration while they run; what is wrong with it is logged, and changes nothing.</summary>
public static class MsgcServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="MsgcServer"/> that starts with the host and stops gracefully with it. Its options come from section <c>Msgc:Server</c> of the
    /// configuration, or <c>Msgc:Servers:key</c> for one with a key, are checked before anything starts, and are followed.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="key">The key of one of several, a keyed service; null for the one without.</param>
    /// <param name="configure">What code has to add, such as <see cref="MsgcServerOptions.Authorize"/>; called again at each change of the configuration.</param>
    /// <exception cref="InvalidOperationException">It was added before.</exception>
    public static IServiceCollection AddMsgcServer(
        this IServiceCollection services, string? key = null, Func<IServiceProvider, MsgcServerOptions, MsgcServerOptions>? configure = null)
    {
        key ??= Options.DefaultName;
        Add(services, key, ConfigurationKeys.Server(key), ConfigurationKeys.Read, ServerSettings.All, configure);
        return AddService<ServerService, MsgcServer>(
            services, key, (p, name) => new ServerService(name, p.GetRequiredService<IOptionsMonitor<MsgcServerOptions>>(), p.GetRequiredService<ILoggerFactory>()), service => service.Server);
    }

    /// <summary>
    /// Adds a <see cref="MsgcClient"/> that connects when the host starts and ends gracefully with it. Its options come from section <c>Msgc:Client</c> of the
    /// configuration, or <c>Msgc:Clients:key</c> for one with a key, are checked before anything starts, and are followed.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="key">The key of one of several, a keyed service; null for the one without.</param>
    /// <param name="configure">What code has to add, such as <see cref="MsgcClientOptions.Credentials"/>; called again at each change of the configuration.</param>
    /// <exception cref="InvalidOperationException">It was added before.</exception>
    public static IServiceCollection AddMsgcClient(
        this IServiceCollection services, string? key = null, Func<IServiceProvider, MsgcClientOptions, MsgcClientOptions>? configure = null)
    {
        key ??= Options.DefaultName;
        Add(services, key, ConfigurationKeys.Client(key), ConfigurationKeys.Read, ClientSettings.All, configure);
        return AddService<ClientService, MsgcClient>(
            services, key, (p, name) => new ClientService(name, p.GetRequiredService<IOptionsMonitor<MsgcClientOptions>>(), p.GetRequiredService<ILoggerFactory>()), service => service.Client);
    }

    private static void Add<T>(
        IServiceCollection services, string key, string section, MsgcOptionsFactory<T>.Reader read, IReadOnlyList<Setting<T>> settings, Func<IServiceProvider, T, T>? configure)
        where T : MsgcOptions, new()
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<T>(key).ValidateOnStart();
        services.AddSingleton(p => new OptionsBinding<T>(key, section, options => configure?.Invoke(p, options) ?? options, p.GetRequiredService<IConfiguration>()));
        services.AddSingleton<IOptionsChangeTokenSource<T>>(p => p.GetServices<OptionsBinding<T>>().Last(binding => binding.Name == key));
        services.TryAddSingleton<IOptionsFactory<T>>(p => new MsgcOptionsFactory<T>(
            read, settings, p.GetServices<OptionsBinding<T>>(), p.GetServices<IValidateOptions<T>>(), p.GetRequiredService<ILoggerFactory>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ConfReporter>());
    }

    private static IServiceCollection AddService<TService, T>(IServiceCollection services, string key, Func<IServiceProvider, string, TService> create, Func<TService, T> get)
        where TService : class, IHostedService
        where T : class
    {
        if (services.Any(service => service.ServiceType == typeof(TService) && Equals(service.ServiceKey, key)))
            throw new InvalidOperationException($"{typeof(T).Name} was added before{(key.Length > 0 ? $" with the key '{key}'" : "")}; give each a key of its own.");
        services.AddKeyedSingleton(key, (p, _) => create(p, key));
        services.AddSingleton<IHostedService>(p => p.GetRequiredKeyedService<TService>(key));
        return key.Length == 0
            ? services.AddSingleton(p => get(p.GetRequiredKeyedService<TService>(key)))
            : services.AddKeyedSingleton(key, (p, _) => get(p.GetRequiredKeyedService<TService>(key)));
    }
}
