using Microsoft.Extensions.Configuration;
using Msgc.Reactive.Hosting.Conf;

namespace Msgc.Reactive.Hosting.Settings;

/// <summary>One option of a stanza or section: how it is read and written in both ways of configuration.</summary>
/// <typeparam name="T">What the option is one of.</typeparam>
internal abstract class Setting<T>(string name, string property)
{
    /// <summary>Its name in configuration files.</summary>
    public string Name => name;

    /// <summary>Its name in code, and in .NET's configuration.</summary>
    public string Property => property;

    /// <summary>True: not to be shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The options with this one as the file has it, or as they were when that is wrong.</summary>
    public abstract T Read(ConfValue value, T options, ConfProblems problems);

    /// <summary>The options with this one as the section has it, or as they were when that is wrong.</summary>
    public abstract T Read(IConfigurationSection section, T options, List<string> errors);

    /// <summary>The value as a file has it; null when there is none.</summary>
    public abstract string? Write(T options);

    /// <summary>The value as keys below a path.</summary>
    public abstract void Write(T options, string path, IDictionary<string, string?> keys);

    /// <summary>The options with the other's value of this one.</summary>
    public abstract T Copy(T from, T to);
}
