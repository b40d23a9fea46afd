using Microsoft.Extensions.Configuration;
using Msgc.Reactive.Hosting.Conf;

namespace Msgc.Reactive.Hosting.Settings;

/// <summary>An option with one value, or none.</summary>
/// <param name="name">In files.</param>
/// <param name="property">In code and keys.</param>
/// <param name="conf">How files have it.</param>
/// <param name="key">How keys have it.</param>
/// <param name="get">Whether there is a value, and which.</param>
/// <param name="set">The options with it.</param>
/// <param name="clear">The options without it, where it may be missing.</param>
internal sealed class Scalar<T, TValue>(
    string name, string property, Format<TValue> conf, Format<TValue> key, Func<T, (bool Is, TValue Value)> get, Func<T, TValue, T> set, Func<T, T>? clear = null)
    : Setting<T>(name, property)
{
    public override T Read(ConfValue value, T options, ConfProblems problems)
    {
        if (value is ConfValue.Text { Value: var text } && conf.TryRead(text, out var read)) return set(options, read);
        problems.Error(value.At, Name, $"{Name} is {(IsSecret ? "no text" : value.Shown)}; write {conf.Right}");
        return options;
    }

    public override T Read(IConfigurationSection section, T options, List<string> errors)
    {
        if (section.Value is { } text && key.TryRead(text, out var read)) return set(options, read);
        if (section.Value is not null || section.GetChildren().Any())
            errors.Add($"{section.Path} is {(section.Value is null ? "a section" : $"'{section.Value}'")}; write {key.Right}.");
        return options;
    }

    public override string? Write(T options) => get(options) is (true, var value) ? conf.Write(value) : null;

    public override void Write(T options, string path, IDictionary<string, string?> keys)
    {
        if (get(options) is (true, var value)) keys[path] = key.Write(value);
    }

    public override T Copy(T from, T to) => get(from) is (true, var value) ? set(to, value) : clear is null ? to : clear(to);
}
