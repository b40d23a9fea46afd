using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Msgc.Reactive.IntegrationTests.Tool;

/// <summary>A terminal of 100 columns and 30 rows that only the test looks at, as standard output and standard error of the command.</summary>
internal static class PseudoTerminal
{
    private const int ReadWrite = 2;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Runs the command to its end, and gives its exit code and what the terminal was sent.</summary>
    /// <param name="args">Without quotes.</param>
    /// <param name="noColor">The variable NO_COLOR, or null for none.</param>
    public static async Task<(int ExitCode, string Text)> RunAsync(string[] args, string? noColor)
    {
        using var terminal = new SafeFileHandle(OpenTerminal(ReadWrite), ownsHandle: true);
        var descriptor = (int)terminal.DangerousGetHandle();
        Assert.False(terminal.IsInvalid);
        Assert.Equal((0, 0), (Grant(descriptor), Unlock(descriptor)));
        var name = Marshal.PtrToStringUTF8(NameOf(descriptor));

        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec > {name} 2>&1; stty cols 100 rows 30 < {name}; exec dotnet '{ToolProcess.Path}' {string.Join(' ', args)}");
        start.Environment["TERM"] = "xterm-256color";
        start.Environment.Remove("NO_COLOR");
        if (noColor is not null) start.Environment["NO_COLOR"] = noColor;
        using var process = Process.Start(start)!;
        var reading = Task.Run(() => ReadAll(descriptor));
        try
        {
            await process.WaitForExitAsync().WaitAsync(Deadline);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
        return (process.ExitCode, await reading.WaitAsync(Deadline));
    }

    /// <summary>Until nobody has the terminal open any more, which is an error to whoever reads.</summary>
    private static string ReadAll(int descriptor)
    {
        var (text, buffer) = (new MemoryStream(), new byte[4096]);
        while (Read(descriptor, buffer, buffer.Length) is > 0 and var read) text.Write(buffer, 0, (int)read);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    [DllImport("libc", EntryPoint = "posix_openpt")]
    private static extern int OpenTerminal(int flags);

    [DllImport("libc", EntryPoint = "grantpt")]
    private static extern int Grant(int descriptor);

    [DllImport("libc", EntryPoint = "unlockpt")]
    private static extern int Unlock(int descriptor);

    [DllImport("libc", EntryPoint = "ptsname")]
    private static extern nint NameOf(int descriptor);

    [DllImport("libc", EntryPoint = "read")]
    private static extern nint Read(int descriptor, [Out] byte[] buffer, nint length);
}
