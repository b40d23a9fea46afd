using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Threading.Channels;

namespace Msgc.Reactive.IntegrationTests.Tool;

/// <summary>The command as a process. Everything waited for has a deadline that fails the test; disposal leaves no process behind.</summary>
internal sealed class ToolProcess : IAsyncDisposable
{
    /// <summary>The command, for dotnet.</summary>
    public static readonly string Path = Built("msgc.dll");

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Channel<string> _errorLines = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _outputLines = Channel.CreateUnbounded<string>();
    private readonly StringBuilder _errors = new();
    private readonly MemoryStream _output = new();
    private readonly Task _reading;

    private ToolProcess(string program, string[] args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(program);
        foreach (var arg in args) start.ArgumentList.Add(arg);
        _process = Process.Start(start)!;
        _reading = Task.WhenAll(ReadErrors(), ReadOutput());
    }

    /// <summary>Closing it is the end of the input.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>What it has written to standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    public static ToolProcess Start(params string[] args) => new(Path, args);

    /// <summary>Starts an example, for which the same holds.</summary>
    public static ToolProcess StartExample(string name, params string[] args) => new(Built($"{name}.dll"), args);

    /// <summary>Starts a server on a free port.</summary>
    public static async Task<(ToolProcess Process, string Endpoint)> StartServerAsync(params string[] args)
    {
        var server = Start(["server", "--listen", "127.0.0.1:0", .. args]);
        return (server, (await server.ErrorLineAsync("listening on "))["listening on ".Length..]);
    }

    /// <summary>Starts a subscriber and waits until it has joined.</summary>
    public static async Task<ToolProcess> StartSubAsync(params string[] args)
    {
        var sub = Start(["sub", .. args]);
        await sub.ErrorLineAsync("joined ");
        return sub;
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<ToolResult> RunAsync(string[] args, byte[]? input = null)
    {
        await using var process = Start(args);
        if (input is not null) await process.Input.WriteAsync(input);
        process.Input.Close();
        return await process.EndAsync();
    }

    /// <summary>The next line of standard error that starts like this and contains that.</summary>
    public Task<string> ErrorLineAsync(string start, string contains = "") => LineAsync(_errorLines, "standard error", start, contains);

    /// <summary>The next line of standard output that starts like this and contains that.</summary>
    public Task<string> OutputLineAsync(string start, string contains = "") => LineAsync(_outputLines, "standard output", start, contains);

    /// <summary>Sends a signal: INT, TERM, STOP, CONT, KILL.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Closes the reading end of standard output.</summary>
    public void CloseOutput() => _process.StandardOutput.Close();

    /// <summary>Waits for the end.</summary>
    public async Task<ToolResult> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Deadline);
        await _reading.WaitAsync(Deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return new ToolResult(_process.ExitCode, _output.ToArray(), Errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
    }

    private static string Built(string name) => typeof(ToolProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == name).Value!;

    private async Task<string> LineAsync(Channel<string> lines, string where, string start, string contains)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(deadline.Token))
            {
                if (line.StartsWith(start, StringComparison.Ordinal) && line.Contains(contains, StringComparison.Ordinal)) return line;
            }
        }
        catch (OperationCanceledException)
        {
            // Told below.
        }
        throw new TimeoutException($"No line '{start}…{contains}' on {where}; standard error has: {Errors}");
    }

    private async Task ReadOutput()
    {
        var (buffer, start) = (new byte[64 * 1024], 0);
        try
        {
            while (await _process.StandardOutput.BaseStream.ReadAsync(buffer) is > 0 and var read)
            {
                _output.Write(buffer, 0, read);
                for (int length; (length = Written(start).IndexOf((byte)'\n')) >= 0; start += length + 1)
                    _outputLines.Writer.TryWrite(Encoding.UTF8.GetString(Written(start)[..length]));
            }
        }
        finally
        {
            _outputLines.Writer.Complete();
        }
    }

    private ReadOnlySpan<byte> Written(int start) => _output.GetBuffer().AsSpan(start, (int)_output.Length - start);

    private async Task ReadErrors()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_errors) _errors.AppendLine(line);
            _errorLines.Writer.TryWrite(line);
        }
        _errorLines.Writer.Complete();
    }
}

/// <summary>How a run of the command ended.</summary>
internal sealed record ToolResult(int ExitCode, byte[] Output, string Errors)
{
    public string Text => Encoding.UTF8.GetString(Output);

    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public string[] ErrorLines => Errors.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}
