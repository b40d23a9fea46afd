using Microsoft.Extensions.Configuration;
using Msgc.Reactive.Hosting.Conf;

namespace Msgc.Reactive.Hosting.Settings;

/// <summary>The servers of a mesh, name to address.</summary>
internal sealed class PeersSetting() : Setting<MsgcServerOptions>("peers", nameof(MsgcServerOptions.Peers))
{
    private const string Right = "a dictionary, as [ node1 = \"10.0.0.1\" node2 = \"10.0.0.2\" ]";

    public override MsgcServerOptions Read(ConfValue value, MsgcServerOptions options, ConfProblems problems)
    {
        if (value is not ConfValue.Dictionary { Entries: var entries })
        {
            problems.Error(value.At, Name, $"{Name} is {value.Shown}; write {Right}");
            return options;
        }
        var peers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry.Value is not ConfValue.Text { Value: var address } text) problems.Error(entry.Value.At, Name, $"peer {entry.Name} is {entry.Value.Shown}; write its host");
            else if (Entry(entry.Name, address) is { } wrong) problems.Error(entry.Name.Any(char.IsUpper) ? entry.At : text.At, Name, wrong);
            else if (!peers.TryAdd(entry.Name, address))
            {
                problems.Warn(entry.At, Name, $"peer {entry.Name} stands twice; this one holds");
                peers[entry.Name] = address;
            }
        }
        return options with { Peers = peers };
    }

    public override MsgcServerOptions Read(IConfigurationSection section, MsgcServerOptions options, List<string> errors)
    {
        if (!string.IsNullOrEmpty(section.Value)) errors.Add($"{section.Path} is '{section.Value}'; write names as keys, addresses as values.");
        // A colon in a name makes a section of it.
        var peers = section.AsEnumerable(makePathsRelative: true)
            .Where(entry => entry is { Key.Length: > 0, Value: not null })
            .ToDictionary(entry => entry.Key, entry => entry.Value!, StringComparer.Ordinal);
        errors.AddRange(peers.Select(peer => Entry(peer.Key, peer.Value) is { } wrong ? $"{section.Path}: {wrong}." : null).OfType<string>());
        return options with { Peers = peers.Where(peer => Entry(peer.Key, peer.Value) is null).ToDictionary(StringComparer.Ordinal) };
    }

    public override string? Write(MsgcServerOptions options)
    {
        if (options.Peers.Count == 0) return null;
        var entries = options.Peers.OrderBy(peer => peer.Key, StringComparer.Ordinal).Select(peer => $"{Key(peer.Key)} = {ConfText.Quote(peer.Value)}");
        return $"[\n    {string.Join("\n    ", entries)}\n  ]";
    }

    public override void Write(MsgcServerOptions options, string path, IDictionary<string, string?> keys)
    {
        foreach (var (name, address) in options.Peers) keys[$"{path}:{name}"] = address;
    }

    public override MsgcServerOptions Copy(MsgcServerOptions from, MsgcServerOptions to) => to with { Peers = from.Peers };

    private static string Key(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? name : ConfText.Quote(name);

    /// <summary>What the library has to say about an entry by itself.</summary>
    private static string? Entry(string name, string address) =>
        OptionError.Of(new MsgcServerOptions { NodeName = "-", Peers = new Dictionary<string, string> { [name] = address } })?.Text.Replace($"Peers[{name}]", $"peer {name}", StringComparison.Ordinal);
}
