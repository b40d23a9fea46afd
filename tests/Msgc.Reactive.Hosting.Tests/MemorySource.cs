using Microsoft.Extensions.Configuration;

namespace Msgc.Reactive.Hosting.Tests;

/// <summary>Keys that change when told.</summary>
internal sealed class MemorySource : ConfigurationProvider, IConfigurationSource
{
    private readonly Dictionary<string, string?> _keys = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A value from the next <see cref="Load"/> or <see cref="Reload"/> on; null removes it.</summary>
    public string? this[string key]
    {
        set
        {
            if (value is null) _keys.Remove(key);
            else _keys[key] = value;
        }
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override void Load() => Data = new Dictionary<string, string?>(_keys, StringComparer.OrdinalIgnoreCase);

    public void Reload()
    {
        Load();
        OnReload();
    }
}
