using Msgc.Reactive.Hosting.Conf;

namespace Msgc.Reactive.Hosting.Settings;

/// <summary>The options of a module, as all its stanzas have them together: later values win.</summary>
internal sealed class BoundStanza<T>(string name, IReadOnlyList<Setting<T>> settings, ConfProblems problems)
    where T : MsgcOptions, new()
{
    private readonly Dictionary<string, ConfPosition> _positions = new(StringComparer.Ordinal);
    private ConfPosition? _at;

    /// <summary>What is understood so far.</summary>
    public T Options { get; set; } = new();

    /// <summary>Null while no stanza has one.</summary>
    public MsgcDebugLevel? Level { get; private set; }

    /// <summary>True when there is such a stanza.</summary>
    public bool IsPresent => _at is not null;

    /// <summary>The settings that a file has, in the order of the settings.</summary>
    public IEnumerable<Setting<T>> Given => settings.Where(setting => _positions.ContainsKey(setting.Name));

    /// <summary>Where the option stands; null when no file has it.</summary>
    public ConfPosition? PositionOf(string option) => _positions.TryGetValue(option, out var at) ? at : null;

    /// <summary>The option's place, or the nearest to it that there is.</summary>
    public ConfPosition Near(string option, string file) => PositionOf(option) ?? _at ?? new ConfPosition(file, 1, 1);

    public void Read(ConfItem.Stanza stanza)
    {
        _at ??= stanza.At;
        foreach (var item in stanza.Items)
        {
            if (item is not ConfItem.Option option) problems.Error(item.At, item.Name, $"there is no stanza '{item.Name}' in {name}; remove it");
            else if (option.Is(CommonSettings.DebugLevel)) ReadLevel(option);
            else if (settings.FirstOrDefault(setting => option.Is(setting.Name)) is { } setting) Read(setting, option);
            else problems.Error(item.At, item.Name, $"there is no option '{item.Name}' in {name}; {Nearest.Hint(item.Name, settings.Select(known => known.Name).Append(CommonSettings.DebugLevel))}");
        }
    }

    /// <summary>Looks at all options together.</summary>
    /// <param name="options">Those of the file, and what holds whatever it says.</param>
    /// <param name="file">The file.</param>
    public void Finish(T options, string file)
    {
        foreach (var error in OptionError.All(options, settings))
        {
            var setting = settings.FirstOrDefault(setting => setting.Property == error.Property);
            var text = setting is not null && error.Text.StartsWith(setting.Property, StringComparison.Ordinal) ? setting.Name + error.Text[setting.Property.Length..] : error.Text;
            problems.Error(Near(setting?.Name ?? "", file), setting?.Name, text);
        }
    }

    private void Read(Setting<T> setting, ConfItem.Option option)
    {
        _positions[setting.Name] = option.Value.At;
        Options = setting.Read(option.Value, Options, problems);
    }

    private void ReadLevel(ConfItem.Option option)
    {
        _positions[CommonSettings.DebugLevel] = option.Value.At;
        if (option.Value is ConfValue.Text { Value: var text } && Formats.Level.TryRead(text, out var level)) Level = level;
        else problems.Error(option.Value.At, CommonSettings.DebugLevel, $"{CommonSettings.DebugLevel} is {option.Value.Shown}; write {Formats.Level.Right}");
    }
}
