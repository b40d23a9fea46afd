using Msgc.Reactive.Hosting.Conf;

namespace Msgc.Reactive.Hosting.Tests.Conf;

public sealed class DiskFilesTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("msgc-");
    private readonly DiskFiles _files = new();

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void A_link_has_the_stamp_of_what_it_leads_to()
    {
        File.WriteAllText(At("real.conf"), "a");
        File.CreateSymbolicLink(At("link.conf"), "real.conf");
        var before = _files.Stamp(At("link.conf"));

        File.WriteAllText(At("real.conf"), "ab");

        Assert.NotEqual(before, _files.Stamp(At("link.conf")));
    }

    [Fact]
    public void A_link_to_another_directory_of_the_same_files_has_another_stamp()
    {
        foreach (var version in new[] { "..1", "..2" })
        {
            File.WriteAllText(At(Directory.CreateDirectory(At(version)).Name + "/m.conf"), "a");
            File.SetLastWriteTimeUtc(At($"{version}/m.conf"), DateTime.UnixEpoch.AddSeconds(version == "..1" ? 1 : 2));
        }
        Directory.CreateSymbolicLink(At("..data"), "..1");
        File.CreateSymbolicLink(At("m.conf"), "..data/m.conf");
        Directory.CreateSymbolicLink(At("conf.d"), "..1");
        var (file, directory) = (_files.Stamp(At("m.conf")), _files.Stamp(At("conf.d")));

        foreach (var link in new[] { "..data", "conf.d" })
        {
            Directory.Delete(At(link));
            Directory.CreateSymbolicLink(At(link), "..2");
        }

        Assert.NotEqual(file, _files.Stamp(At("m.conf")));
        Assert.NotEqual(directory, _files.Stamp(At("conf.d")));
    }

    [Fact]
    public void What_is_not_there_has_none_and_neither_has_a_link_to_it_nor_what_is_no_path()
    {
        File.CreateSymbolicLink(At("dangling"), "nowhere");

        Assert.Equal(["", "", ""], new[] { At("none"), At("dangling"), "" }.Select(_files.Stamp));
        Assert.Equal(":1:1: '' cannot be read: The value cannot be an empty string.", Assert.Single(MsgcConf.Read("").Problems).ToString());
    }

    private string At(string name) => Path.Combine(_directory.FullName, name);
}
