using Microsoft.Extensions.Configuration;

namespace Msgc.Reactive.Hosting.Settings;

/// <summary>Where options stand in .NET's configuration.</summary>
internal static class ConfigurationKeys
{
    private const string Listen = nameof(MsgcServerOptions.Listen), Endpoint = nameof(MsgcListenOptions.Endpoint);

    /// <summary>The section of a server: <c>Msgc:Server</c>, or <c>Msgc:Servers:key</c>.</summary>
    public static string Server(string key) => key.Length == 0 ? "Msgc:Server" : $"Msgc:Servers:{key}";

    /// <summary>The section of a client: <c>Msgc:Client</c>, or <c>Msgc:Clients:key</c>.</summary>
    public static string Client(string key) => key.Length == 0 ? "Msgc:Client" : $"Msgc:Clients:{key}";

    /// <summary>What a file has, as keys. What it leaves out has none, so that other sources can say it.</summary>
    public static Dictionary<string, string?> Of(MsgcConf conf)
    {
        var keys = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var bound = conf.Bound;
        Write(bound.Server, Server(""), keys);
        foreach (var (listen, i) in bound.Server.Options.Listen.Select((listen, i) => (listen, i)))
        {
            var path = $"{Server("")}:{Listen}:{i}";
            keys[$"{path}:{Endpoint}"] = listen.Endpoint;
            foreach (var setting in ListenSettings.All.Skip(1)) setting.Write(new ListenEntry(listen), $"{path}:{setting.Property}", keys);
        }
        foreach (var (name, client) in bound.Clients) Write(client, Client(name), keys);
        Level(bound.Server.Level, typeof(MsgcServer), keys);
        Level(bound.Clients.Values.Select(client => client.Level).LastOrDefault(level => level is not null), typeof(MsgcClient), keys);
        return keys;
    }

    /// <summary>The options of a server's section; what is wrong is left as it was.</summary>
    public static MsgcServerOptions Read(IConfigurationSection section, MsgcServerOptions options, List<string> errors)
    {
        options = Read(section, ServerSettings.All, options, errors, Listen);
        var listen = section.GetSection(Listen);
        if (!listen.Exists()) return options;
        var known = errors.Count;
        var entries = listen.Value is not null ? [Entry(listen, errors)] : listen.GetChildren().Select(child => Entry(child, errors)).ToArray();
        if (errors.Count == known && !Array.Exists(entries, entry => entry.IsEnabled)) errors.Add($"{listen.Path} has no endpoint that is enabled; enable one, or remove it.");
        return options with { Listen = [.. entries.Where(entry => entry.IsEnabled).Select(entry => entry.Listen)] };
    }

    /// <summary>The options of a client's section; what is wrong is left as it was.</summary>
    public static MsgcClientOptions Read(IConfigurationSection section, MsgcClientOptions options, List<string> errors) =>
        Read(section, ClientSettings.All, options, errors);

    private static T Read<T>(IConfigurationSection section, IReadOnlyList<Setting<T>> settings, T options, List<string> errors, params string[] others)
    {
        foreach (var child in section.GetChildren())
        {
            if (settings.FirstOrDefault(setting => Same(setting.Property, child.Key)) is { } setting) options = setting.Read(child, options, errors);
            else if (!others.Any(other => Same(other, child.Key)))
                errors.Add($"{child.Path} is no option; {Nearest.Hint(child.Key, settings.Select(known => known.Property).Concat(others))}");
        }
        return options;
    }

    private static ListenEntry Entry(IConfigurationSection section, List<string> errors)
    {
        var entry = new ListenEntry(new MsgcListenOptions(section.Value ?? section[Endpoint] ?? ""));
        if (section.Value is null) entry = Read(section, ListenSettings.All, entry, errors, Endpoint);
        if (ListenSettings.Wrong(entry.Listen) is not { } wrong) return entry;
        errors.Add($"{section.Path}: {wrong}.");
        return entry with { IsEnabled = false };
    }

    private static void Write<T>(BoundStanza<T> stanza, string path, Dictionary<string, string?> keys)
        where T : MsgcOptions, new()
    {
        foreach (var setting in stanza.Given) setting.Write(stanza.Options, $"{path}:{setting.Property}", keys);
    }

    private static void Level(MsgcDebugLevel? level, Type category, Dictionary<string, string?> keys)
    {
        if (level is { } given) keys[$"Logging:LogLevel:{category.FullName}"] = given.ToLogLevel().ToString();
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
