using System.Runtime.CompilerServices;

namespace Msgc.Tool;

/// <summary>The lines of a stream, as bytes: without the line feed, with everything else.</summary>
internal static class InputLines
{
    private const int MaxBytes = 1 << 30;

    /// <summary>Reads the lines. Each is valid until the next one is asked for. What follows the last line feed is a line, unless it is empty.</summary>
    /// <exception cref="Failure">A line is longer than any message can be.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(Stream input, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        int start = 0, end = 0;
        for (var number = 1L; ;)
        {
            for (int length; (length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n')) >= 0; start += length + 1, number++)
                yield return buffer.AsMemory(start, length);

            (start, end) = MoveToFront(ref buffer, start, end, number);
            // A read of standard input cannot be cancelled; the process ends without it.
            var read = await input.ReadAsync(buffer.AsMemory(end), CancellationToken.None).AsTask().WaitAsync(cancellationToken);
            if (read == 0) break;
            end += read;
        }
        if (end > 0) yield return buffer.AsMemory(0, end);
    }

    private static (int Start, int End) MoveToFront(ref byte[] buffer, int start, int end, long number)
    {
        var rest = end - start;
        if (rest == MaxBytes) throw new Failure($"line {number} is longer than {MaxBytes} bytes");
        var target = rest < buffer.Length ? buffer : new byte[Math.Min(MaxBytes, 2 * buffer.Length)];
        buffer.AsSpan(start, rest).CopyTo(target);
        buffer = target;
        return (0, rest);
    }
}
