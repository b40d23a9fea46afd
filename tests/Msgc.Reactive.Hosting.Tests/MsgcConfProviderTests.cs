using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Hosting.Tests;

/// <summary>A file as a source of .NET's configuration, in virtual time.</summary>
public sealed class MsgcConfProviderTests
{
    private const string Path = "/etc/m.conf", Key = "Msgc:Server:MaxBacklog";
    private const string Right = "msgc_server { max_backlog = 80 }", Other = "msgc_server { max_backlog = 90 }", Wrong = "msgc_server { max_backlog = many }";

    private readonly VirtualScheduler _scheduler = new();
    private readonly MemoryFiles _files = new();
    private readonly List<bool> _readings = [];
    private int _reloads;

    [Fact]
    public void An_edit_is_followed_and_a_broken_one_is_told_and_changes_nothing()
    {
        _files[Path] = Right;
        using var provider = Load();
        Assert.Equal("80", Value(provider));

        Edit(Wrong);
        Assert.Equal(("80", 0), (Value(provider), _reloads));
        provider.Load();
        Assert.Equal("80", Value(provider));
        Edit(Other);
        Assert.Equal(("90", 1), (Value(provider), _reloads));
        Assert.Equal([true, false, false, true], _readings);
    }

    [Fact]
    public void A_file_that_is_wrong_at_first_is_an_error_with_all_problems()
    {
        _files[Path] = "msgc_server { max_backlog = many port = x }";

        Assert.Equal(2, Assert.Throws<MsgcConfException>(() => Load()).Problems.Count);
    }

    [Fact]
    public void A_missing_file_is_an_error_unless_it_is_optional_and_may_then_come_and_go()
    {
        Assert.Throws<MsgcConfException>(() => Load());
        using var provider = Load(optional: true);
        Assert.Null(Value(provider));

        Edit(Right);
        Assert.Equal("80", Value(provider));
        Edit(null);
        Assert.Null(Value(provider));
        Assert.Equal([true], _readings);
    }

    [Fact]
    public void A_listener_that_throws_is_told_of_and_the_file_is_followed_on()
    {
        _files[Path] = Right;
        using var provider = Load();
        var failures = new List<string>();
        using var telling = provider.Failures.Subscribe(error => failures.Add(error.GetBaseException().Message));
        using var listening = ChangeToken.OnChange(provider.GetReloadToken, () => throw new InvalidOperationException("mine"));

        Edit(Other);
        Assert.Equal(["mine"], failures);
        Edit(Right);
        Assert.Equal("80", Value(provider));
    }

    private static string? Value(ConfigurationProvider provider) => provider.TryGet(Key, out var value) ? value : null;

    private MsgcConfProvider Load(bool optional = false)
    {
        var provider = new MsgcConfProvider(Path, optional, reloadOnChange: true, _files, _scheduler);
        provider.Readings.Subscribe(conf => _readings.Add(conf.IsValid));
        provider.Load();
        ChangeToken.OnChange(provider.GetReloadToken, () => _reloads++);
        return provider;
    }

    private void Edit(string? text)
    {
        _files[Path] = text;
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(2).Ticks);
    }
}
