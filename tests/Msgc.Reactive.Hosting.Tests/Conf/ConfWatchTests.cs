using System.Reactive;
using System.Reactive.Subjects;
using Msgc.Reactive.Hosting.Conf;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Hosting.Tests.Conf;

public sealed class ConfWatchTests : IDisposable
{
    private const string Path = "/etc/m.conf";

    private readonly VirtualScheduler _scheduler = new();
    private readonly MemoryFiles _files = new() { [Path] = "msgc_server { port = 1 }" };
    private readonly Subject<Unit> _asked = new();
    private readonly List<(long Time, int Port, bool IsValid)> _seen = [];
    private readonly IDisposable _watch;

    public ConfWatchTests() => _watch = ConfWatch.Create(() => MsgcConf.Read(Path, null, _files), _files, _asked, _scheduler)
        .Subscribe(conf => _seen.Add((Milliseconds, conf.Server.Port, conf.IsValid)));

    private long Milliseconds => _scheduler.Clock / TimeSpan.TicksPerMillisecond;

    public void Dispose() => _watch.Dispose();

    [Fact]
    public void The_first_reading_comes_at_once_and_no_other_without_a_change()
    {
        Until(60_000);
        Assert.Equal([(0, 1, true)], _seen);
    }

    [Fact]
    public void A_change_is_read_when_it_has_been_left_alone_for_a_turn()
    {
        Until(700);
        _files[Path] = "";
        Until(1_200); // seen at 1000
        _files[Path] = "msgc_server {";
        Until(1_700); // seen at 1500: another one
        _files[Path] = "msgc_server { port = 2 }";
        Until(9_000); // seen at 2000, and so again at 2500
        Assert.Equal([(0, 1, true), (2_500, 2, true)], _seen);
    }

    [Fact]
    public void A_broken_edit_and_its_mending_are_told_and_one_that_writes_the_same_is_not()
    {
        _files[Path] = "msgc_server { port = }";
        Until(2_000);
        _files[Path] = "msgc_server { port = }";
        Until(4_000);
        _files[Path] = "msgc_server { port = 3 }";
        Until(6_000);
        Assert.Equal([(0, 1, true), (1_000, 4809, false), (5_000, 3, true)], _seen);
    }

    [Fact]
    public void Included_files_are_watched_too_and_directories_for_new_ones()
    {
        _files[Path] = "include b.conf include \"/etc/d\"";
        _files["/etc/b.conf"] = "msgc_server { port = 2 }";
        _files["/etc/d/1"] = "";
        Until(2_000);
        _files["/etc/b.conf"] = "msgc_server { port = 3 }";
        Until(4_000);
        _files["/etc/d/2"] = "msgc_server { port = 4 }";
        Until(6_000);
        _files["/etc/d/2"] = null;
        Until(8_000);
        Assert.Equal([1, 2, 3, 4, 3], _seen.Select(seen => seen.Port));
    }

    [Fact]
    public void A_file_that_vanishes_is_told_and_so_is_its_return()
    {
        _files[Path] = null;
        Until(2_000);
        _files[Path] = "msgc_server { port = 2 }";
        Until(4_000);
        Assert.Equal([(1, true), (4809, false), (2, true)], _seen.Select(seen => (seen.Port, seen.IsValid)));
    }

    [Fact]
    public void Whoever_asks_is_told_at_the_next_turn_changed_or_not()
    {
        Until(600);
        _asked.OnNext(Unit.Default);
        Until(1_100);
        _files[Path] = "msgc_server { port = 2 }";
        _asked.OnNext(Unit.Default);
        Until(9_000);
        Assert.Equal([(0, 1, true), (1_000, 1, true), (1_500, 2, true)], _seen);
    }

    [Theory]
    [InlineData("msgc_server { port = 1 }")]
    [InlineData("include b.conf")]
    public void What_changes_right_behind_a_reading_is_seen(string before)
    {
        var files = new MemoryFiles { [Path] = before, ["/etc/b.conf"] = "" };
        var ports = new List<int>();
        MsgcConf Read()
        {
            var conf = MsgcConf.Read(Path, null, files);
            if (conf.Server.Port != 2) files[Path] = "msgc_server { port = 2 }";
            return conf;
        }

        using var watch = ConfWatch.Create(Read, files, null, _scheduler).Subscribe(conf => ports.Add(conf.Server.Port));
        Until(5_000);
        Assert.Equal(2, ports[^1]);
    }

    private void Until(long milliseconds) => _scheduler.AdvanceTo(milliseconds * TimeSpan.TicksPerMillisecond);
}
