using System.Text;
using Msgc.Reactive.Hosting.Conf;

namespace Msgc.Reactive.Hosting.Settings;

/// <summary>Options as a configuration file has them.</summary>
internal sealed class ConfPrinter
{
    private readonly StringBuilder _text = new();

    /// <summary>Whether secrets are written out.</summary>
    public bool ShowsSecrets { get; init; }

    /// <summary>Adds the stanza of a module.</summary>
    /// <param name="name">The module's.</param>
    /// <param name="label">The stanza's own name; empty for none.</param>
    /// <param name="settings">What to write.</param>
    /// <param name="options">The values.</param>
    /// <param name="level">The debug level.</param>
    /// <param name="note">A comment on an option, or null.</param>
    public ConfPrinter Add<T>(string name, string label, IReadOnlyList<Setting<T>> settings, T options, MsgcDebugLevel level, Func<string, string?>? note = null)
    {
        Open(name, label);
        foreach (var setting in settings)
        {
            if (setting.Write(options) is not { } value) continue;
            if (setting.IsSecret && !ShowsSecrets) _text.AppendLine($"  # {setting.Name} is not shown{Comment(note?.Invoke(setting.Name))}");
            else Option(setting.Name, value, note);
        }
        Option(CommonSettings.DebugLevel, Formats.Level.Write(level), note);
        _text.AppendLine("}");
        return this;
    }

    /// <summary>Adds the listener.</summary>
    /// <param name="listens">Its endpoints.</param>
    /// <param name="note">A comment on an endpoint, or null.</param>
    public ConfPrinter Add(IEnumerable<MsgcListenOptions> listens, Func<MsgcListenOptions, string?>? note = null)
    {
        Open(BoundListener.Name, "");
        foreach (var listen in listens)
        {
            var entry = new ListenEntry(listen);
            var values = ListenSettings.All.Skip(1).Select(setting => setting.Write(entry) is { } value ? $"{setting.Name} = {value} " : "");
            _text.AppendLine($"  Listen {ConfText.Quote(listen.Endpoint)} {{ {string.Concat(values)}}}{Comment(note?.Invoke(listen))}");
        }
        _text.AppendLine("}");
        return this;
    }

    public override string ToString() => _text.ToString();

    private void Open(string name, string label)
    {
        if (_text.Length > 0) _text.AppendLine();
        _text.AppendLine(label.Length > 0 ? $"{name} {ConfText.Quote(label)} {{" : $"{name} {{");
    }

    // Behind the first of several lines.
    private void Option(string name, string value, Func<string, string?>? note)
    {
        var lines = value.Split('\n', 2);
        _text.AppendLine($"  {name} = {lines[0]}{Comment(note?.Invoke(name))}{(lines.Length > 1 ? "\n" + lines[1] : "")}");
    }

    private static string Comment(string? note) => note is null ? "" : $"   # {note}";
}
