using Msgc.Reactive.Hosting.Conf;

namespace Msgc.Reactive.Hosting.Settings;

/// <summary>What all stanzas of the listener have together: endpoints, and what these have by default.</summary>
internal sealed class BoundListener(ConfProblems problems)
{
    public const string Name = "msgcserver_listener";

    private const string Listen = "Listen";

    private readonly List<ConfItem.Stanza> _listens = [];
    private readonly List<ConfItem.Option> _defaults = [];

    /// <summary>True when there is such a stanza.</summary>
    public bool IsPresent { get; private set; }

    /// <summary>Where each of the endpoints stands that are enabled.</summary>
    public OrderedDictionary<MsgcListenOptions, ConfPosition> Enabled { get; } = [];

    public void Read(ConfItem.Stanza stanza)
    {
        IsPresent = true;
        foreach (var item in stanza.Items)
        {
            if (item is ConfItem.Option option) _defaults.Add(option);
            else if (item is ConfItem.Stanza listen && item.Is(Listen)) _listens.Add(listen);
            else problems.Error(item.At, item.Name, $"there is no stanza '{item.Name}' in {Name}; {Nearest.Hint(item.Name, [Listen])}");
        }
    }

    /// <summary>Puts endpoints and defaults together; later values win.</summary>
    public void Finish()
    {
        var start = Apply(_defaults, new ListenEntry(new MsgcListenOptions("")), Name);
        var entries = new OrderedDictionary<MsgcEndpoint, (ListenEntry Entry, ConfPosition At)>();
        foreach (var stanza in _listens)
        {
            if (Endpoint(stanza) is not { } endpoint) continue;
            var entry = entries.TryGetValue(endpoint, out var earlier) ? earlier.Entry : start with { Listen = start.Listen with { Endpoint = stanza.Label!.Value } };
            entries[endpoint] = (Apply(stanza.Items, entry, Listen), stanza.At);
            if (endpoint.Path is null && stanza.Items.FirstOrDefault(item => item.Is("file_mode")) is { } mode)
                problems.Warn(mode.At, mode.Name, $"file_mode has no effect on {stanza.Label!.Value}; it is for the paths of unix sockets");
        }
        foreach (var (entry, at) in entries.Values.Where(value => value.Entry.IsEnabled)) Enabled[entry.Listen] = at;
        if (entries.Count > 0 && Enabled.Count == 0) problems.Error(entries.GetAt(0).Value.At, Listen, "no endpoint is enabled; enable one");
    }

    private MsgcEndpoint? Endpoint(ConfItem.Stanza stanza)
    {
        if (stanza.Label is not { } label) problems.Error(stanza.At, stanza.Name, $"{Listen} has no endpoint; write it in quotes, as {Listen} \":4809\" {{ }}");
        else if (ListenSettings.Wrong(label.Value) is { } wrong) problems.Error(label.At, stanza.Name, wrong);
        else return MsgcEndpoint.Parse(label.Value);
        return null;
    }

    private ListenEntry Apply(IReadOnlyList<ConfItem> items, ListenEntry entry, string where)
    {
        foreach (var item in items)
        {
            if (item is not ConfItem.Option option) problems.Error(item.At, item.Name, $"there is no stanza '{item.Name}' in {where}; remove it");
            else if (ListenSettings.All.FirstOrDefault(setting => option.Is(setting.Name)) is { } setting) entry = setting.Read(option.Value, entry, problems);
            else problems.Error(item.At, item.Name, $"there is no option '{item.Name}' in {where}; {Nearest.Hint(item.Name, ListenSettings.All.Select(known => known.Name))}");
        }
        return entry;
    }
}
