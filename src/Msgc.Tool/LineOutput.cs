using System.Buffers;
using System.Reactive.Concurrency;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Msgc.Tool;

/// <summary>
/// Standard output, gathered: written when much has come together and a moment after the first of little, never per message. A reader that is
/// slow holds up whoever writes, and so the connection. Thread-safe.
/// </summary>
internal sealed class LineOutput(Stream output, IScheduler scheduler)
{
    private const int Full = 64 * 1024;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(2 * Full);
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _flushComes;

    /// <summary>Faults with what keeps the output from being written.</summary>
    public Task Failed => _failed.Task;

    /// <summary>The process's standard output.</summary>
    public static Stream Standard()
    {
        // The console's own stream swallows a broken pipe, and 'msgc sub | head' would never end. A file handle's keeps a position of its
        // own, which must not be, for files that several processes append to.
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected) return Console.OpenStandardOutput();
        var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
    }

    /// <summary>Has a line written, the line feed added.</summary>
    public void Write<T>(T value, Action<T, ArrayBufferWriter<byte>> format)
    {
        lock (_gate)
        {
            format(value, _buffer);
            _buffer.Write("\n"u8);
            if (_buffer.WrittenCount >= Full)
            {
                WriteOut();
            }
            else if (!_flushComes)
            {
                _flushComes = true;
                scheduler.Schedule(Moment, Flush);
            }
        }
    }

    /// <summary>Has a line of text written.</summary>
    public void Write(string text) => Write(text, static (line, buffer) => Encoding.UTF8.GetBytes(line, buffer));

    public void Flush()
    {
        lock (_gate)
        {
            _flushComes = false;
            WriteOut();
        }
    }

    private void WriteOut()
    {
        try
        {
            if (!_failed.Task.IsCompleted) output.Write(_buffer.WrittenSpan);
        }
        catch (IOException error)
        {
            _failed.TrySetException(error);
        }
        _buffer.ResetWrittenCount();
    }
}
