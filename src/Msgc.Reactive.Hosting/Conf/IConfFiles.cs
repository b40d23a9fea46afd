namespace Msgc.Reactive.Hosting.Conf;

/// <summary>Where files are read from; paths are as files name them, joined and normalized.</summary>
internal interface IConfFiles
{
    /// <summary>The bytes of a file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be read.</exception>
    byte[] Read(string path);

    bool IsFile(string path);

    bool IsDirectory(string path);

    /// <summary>The paths of the files in a directory, in no order.</summary>
    IEnumerable<string> FilesIn(string directory);

    /// <summary>A text that changes when the file or the directory's list of files does; the same while there is neither.</summary>
    string Stamp(string path);
}
