using Spectre.Console;
using Spectre.Console.Rendering;

namespace Msgc.Tool.Top;

/// <summary>The figures on the whole terminal, drawn anew each second and when its size changes, until q, Ctrl-C, or an error.</summary>
internal static class TopTerminal
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private const int LooksPerDrawing = 10;

    /// <summary>Ends when asked to, or fails with what ends the watch; the terminal is as it was by then.</summary>
    public static async Task ShowAsync(TopWatch watch, CancellationToken token)
    {
        var console = Terminal.Output!;
        console.Profile.Capabilities.Unicode = true;
        Console.Out.Write("\u001b[?1049h\u001b[?25l"); // the other screen, without a cursor
        try
        {
            var size = (0, 0);
            for (var look = 0; !token.IsCancellationRequested && !watch.Ended.IsCompleted && !IsQuit(); look++)
            {
                var now = (Console.WindowWidth, Console.WindowHeight);
                if (look % LooksPerDrawing == 0 || now != size) Draw(console, watch, size = now);
                await Task.Delay(Look, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            Console.Out.Write("\u001b[?25h\u001b[?1049l");
            Console.Out.Flush();
        }
        if (watch.Ended.IsCompleted) await watch.Ended;
    }

    private static bool IsQuit()
    {
        while (!Console.IsInputRedirected && Console.KeyAvailable)
        {
            if (Console.ReadKey(intercept: true).KeyChar is 'q' or 'Q') return true;
        }
        return false;
    }

    private static void Draw(IAnsiConsole console, TopWatch watch, (int Width, int Height) size)
    {
        IReadOnlyList<TopLine> lines = [];
        watch.Read((figures, time) => lines = TopScreen.Lines(figures, time, size.Width, size.Height - 1));
        console.Profile.Width = size.Width + 1; // lines are cut already, and must not be wrapped
        Console.Out.Write("\u001b[H");
        foreach (var line in lines.Take(size.Height - 1))
        {
            console.Write(new Text(line.Text, StyleOf(line.Tone)));
            Console.Out.Write("\u001b[K\n");
        }
        Console.Out.Write("\u001b[J");
        Console.Out.Flush();
    }

    private static Style StyleOf(TopTone tone) => tone switch
    {
        TopTone.Heading => new Style(decoration: Decoration.Bold),
        TopTone.Bad => new Style(Color.Red),
        _ => Style.Plain,
    };
}
