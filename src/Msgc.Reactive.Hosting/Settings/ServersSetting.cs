using Microsoft.Extensions.Configuration;
using Msgc.Reactive.Hosting.Conf;

namespace Msgc.Reactive.Hosting.Settings;

/// <summary>The servers of a client, in the order in which they are tried.</summary>
internal sealed class ServersSetting() : Setting<MsgcClientOptions>("server", nameof(MsgcClientOptions.Servers))
{
    public override MsgcClientOptions Read(ConfValue value, MsgcClientOptions options, ConfProblems problems)
    {
        var items = value switch
        {
            ConfValue.Array { Items: [_, ..] several } => several,
            ConfValue.Text one => [one],
            _ => null,
        };
        if (items is null)
        {
            problems.Error(value.At, Name, $"{Name} is {(value is ConfValue.Array ? "an empty list" : value.Shown)}; write a list, as ( \"127.0.0.1:4809\" \"node2:4809\" )");
            return options;
        }
        var right = new List<string>();
        foreach (var item in items)
        {
            if (Wrong(item) is { } wrong) problems.Error(item.At, Name, wrong);
            else right.Add(((ConfValue.Text)item).Value);
        }
        return right.Count > 0 ? options with { Servers = right } : options;
    }

    public override MsgcClientOptions Read(IConfigurationSection section, MsgcClientOptions options, List<string> errors)
    {
        string?[] servers = section.Value is { Length: > 0 } one ? [one] : [.. section.GetChildren().Select(child => child.Value)];
        errors.AddRange(servers.Select(Entry).OfType<string>().Select(wrong => $"{section.Path}: {wrong}."));
        return options with { Servers = [.. servers.OfType<string>().Where(server => Entry(server) is null)] };
    }

    public override string Write(MsgcClientOptions options) => $"( {string.Join(' ', options.Servers.Select(ConfText.Quote))} )";

    public override void Write(MsgcClientOptions options, string path, IDictionary<string, string?> keys)
    {
        for (var i = 0; i < options.Servers.Count; i++) keys[$"{path}:{i}"] = options.Servers[i];
    }

    public override MsgcClientOptions Copy(MsgcClientOptions from, MsgcClientOptions to) => to with { Servers = from.Servers };

    private static string? Wrong(ConfValue item) => item is ConfValue.Text { Value: var text } ? Entry(text) : $"a server is {item.Shown}; write host:port";

    private static string? Entry(string? server) =>
        OptionError.Of(new MsgcClientOptions { Servers = [server ?? ""] })?.Text.Replace("Servers[0]", "server", StringComparison.Ordinal);
}
