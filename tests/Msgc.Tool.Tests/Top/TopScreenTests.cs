using Msgc.Tool.Top;
using static Msgc.Tool.Tests.Top.Reports;

namespace Msgc.Tool.Tests.Top;

public sealed class TopScreenTests
{
    private readonly ClusterFigures _figures = new();

    [Fact]
    public void Everything_is_there_without_limits()
    {
        Fill();
        Assert.Equal(
            """
            SERVER  UP      CLIENTS  LINKS  IN/S   OUT/S  MB/S  QUEUED  STALLS  GAPS  LOST CONNECTIONS
            north    2h00m        2      1  2,500  5,000   0.8   1,234       2     1  Backlog 1
            south   silent

            CONNECTION  KIND    SERVER  ADDRESS        IN/S   OUT/S  QUEUED  AGE   STALLS
            snail       client  north   10.0.0.9:5000      0      0   1,234  2.5s       1
            feed        client  north   10.0.0.9:5000  2,500      0       0             0
            south       link    north   10.0.0.9:5000      0  2,500       0             0

            GROUP  MEMBERS  MESSAGES/S
            x            2       2,500
            """.ReplaceLineEndings("\n"),
            Text(TopScreen.Lines(_figures, 5, int.MaxValue, int.MaxValue)));
    }

    [Fact]
    public void Lines_fit_the_width_and_tables_share_the_height()
    {
        Fill();
        var lines = TopScreen.Lines(_figures, 5, 40, 10);
        Assert.Equal(
            """
            SERVER  UP      CLIENTS  LINKS  IN/S   …
            north    2h00m        2      1  2,500  …
            south   silent

            CONNECTION  KIND    SERVER  ADDRESS    …
            snail       client  north   10.0.0.9:50…
            ... 2 more

            GROUP  MEMBERS  MESSAGES/S
            x            2       2,500
            """.ReplaceLineEndings("\n"),
            Text(lines));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(24)]
    public void No_more_lines_than_the_height_has_once_the_headings_and_counts_fit(int height)
    {
        var connections = string.Join(',', Enumerable.Range(0, 50).Select(i => Connection($"client-{i}")));
        _figures.Add(Report("a", 1, connections, omitted: 3), 0);
        Assert.InRange(TopScreen.Lines(_figures, 0, 80, height).Count, 1, Math.Max(8, height));
    }

    [Fact]
    public void What_holds_others_up_and_what_is_silent_is_marked()
    {
        Fill();
        Assert.Equal(["south", "snail"], TopScreen.Lines(_figures, 5, 80, 50).Where(line => line.Tone == TopTone.Bad).Select(line => line.Text.Split(' ')[0]));
    }

    [Fact]
    public void Names_cannot_drive_the_terminal()
    {
        _figures.Add(Report("a", 1, Connection("\\u001b[2Jgotcha")), 0);
        Assert.DoesNotContain(TopScreen.Lines(_figures, 0, 80, 50), line => line.Text.Contains('\u001b'));
    }

    private static string Text(IEnumerable<TopLine> lines) => string.Join('\n', lines.Select(line => line.Text));

    private void Fill()
    {
        _figures.Add(Report("south", 1), 0);
        foreach (var second in (int[])[0, 1])
        {
            var connections = string.Join(
                ',',
                Connection("feed", messagesIn: 2500 * second),
                Connection("snail", queued: 1234, age: 2.5, stalled: true),
                Connection("south", messagesOut: 2500 * second, kind: "link"));
            _figures.Add(Report("north", 7200 + second, connections, Group("x", 2, 2500 * second), "\"Closed\":4,\"Backlog\":1", messages: 2500 * second), 4 + second);
        }
    }
}
