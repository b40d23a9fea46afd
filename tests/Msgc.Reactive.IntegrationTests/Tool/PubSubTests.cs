using System.Text;
using System.Text.Json;

namespace Msgc.Reactive.IntegrationTests.Tool;

public sealed class PubSubTests : IAsyncLifetime
{
    private ToolProcess _server = null!;
    private string _endpoint = null!;

    public async Task InitializeAsync() => (_server, _endpoint) = await ToolProcess.StartServerAsync("--name", "here");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Lines_of_a_file_arrive_byte_for_byte()
    {
        var file = File(lines: 20_000);
        await using var sub = await ToolProcess.StartSubAsync("lines", "--count", "20000", "--server", _endpoint);

        var pub = await ToolProcess.RunAsync(["pub", "lines", "--server", _endpoint], file);
        var received = await sub.EndAsync();

        Assert.Equal((0, ""), (pub.ExitCode, pub.Errors));
        Assert.Equal(0, received.ExitCode);
        Assert.True(file.AsSpan().SequenceEqual(received.Output), "Input and output differ.");
    }

    [Fact]
    public async Task Fast_sockets_carry_the_same()
    {
        var (server, endpoint) = await ToolProcess.StartServerAsync("--fast-sockets");
        await using var process = server;
        var file = File(lines: 20_000);
        await using var sub = await ToolProcess.StartSubAsync("lines", "--count", "20000", "--server", endpoint);

        await ToolProcess.RunAsync(["pub", "lines", "--server", endpoint], file);
        var received = await sub.EndAsync();

        Assert.True(file.AsSpan().SequenceEqual(received.Output), "Input and output differ.");
    }

    [Fact]
    public async Task A_last_line_without_its_end_is_a_message_and_an_empty_line_is_one_too()
    {
        await using var sub = await ToolProcess.StartSubAsync("lines", "--count", "3", "--server", _endpoint);

        await ToolProcess.RunAsync(["pub", "lines", "--server", _endpoint], "one\r\n\nthree"u8.ToArray());

        Assert.Equal("one\r\n\nthree\n", (await sub.EndAsync()).Text);
    }

    [Fact]
    public async Task A_line_longer_than_the_read_buffer_arrives_whole()
    {
        var line = Enumerable.Repeat((byte)'x', 300_000).ToArray();
        await using var sub = await ToolProcess.StartSubAsync("lines", "--count", "1", "--server", _endpoint);

        await ToolProcess.RunAsync(["pub", "lines", "--server", _endpoint], line);

        var output = (await sub.EndAsync()).Output;
        Assert.Equal([.. line, (byte)'\n'], output);
    }

    [Fact]
    public async Task A_line_larger_than_a_frame_ends_with_1_after_the_lines_before_it()
    {
        await using var sub = await ToolProcess.StartSubAsync("lines", "--count", "1", "--server", _endpoint);

        var pub = await ToolProcess.RunAsync(["pub", "lines", "--server", _endpoint], [.. "small\n"u8.ToArray(), .. new byte[2_000_000]]);

        Assert.Equal(1, pub.ExitCode);
        Assert.StartsWith("msgc: message 2: A payload of 2000000 bytes", Assert.Single(pub.ErrorLines), StringComparison.Ordinal);
        Assert.Equal("small\n", (await sub.EndAsync()).Text);
    }

    [Theory]
    [InlineData(new[] { "a", "b" }, "a b")]
    [InlineData(new[] { "a", "b", "--count", "5" }, "a b a b a")]
    [InlineData(new[] { "a", "b", "--count", "1" }, "a")]
    [InlineData(new[] { "a", "--count", "3", "--rate", "100" }, "a a a")]
    [InlineData(new[] { "@a", "--", "--count" }, "@a --count")]
    public async Task Texts_are_published_in_order_and_repeated_up_to_the_count(string[] args, string expected)
    {
        var texts = expected.Split(' ');
        await using var sub = await ToolProcess.StartSubAsync("g", "--count", $"{texts.Length}", "--server", _endpoint);

        var pub = await ToolProcess.RunAsync(["pub", "--server", _endpoint, "g", .. args]);

        Assert.Equal((0, ""), (pub.ExitCode, pub.Errors));
        Assert.Equal(texts, (await sub.EndAsync()).Lines);
    }

    [Fact]
    public async Task Count_takes_no_more_lines_of_standard_input_and_does_not_wait_for_its_end()
    {
        await using var sub = await ToolProcess.StartSubAsync("g", "--count", "2", "--server", _endpoint);
        await using var pub = ToolProcess.Start("pub", "g", "--count", "2", "--server", _endpoint);
        await pub.Input.WriteAsync("1\n2\n3\n"u8.ToArray());
        await pub.Input.FlushAsync();

        Assert.Equal(0, (await pub.EndAsync()).ExitCode);
        Assert.Equal(["1", "2"], (await sub.EndAsync()).Lines);
    }

    [Fact]
    public async Task Json_has_group_sender_number_and_the_text_or_its_bytes()
    {
        await using var sub = await ToolProcess.StartSubAsync("g", "--format", "json", "--count", "2", "--server", _endpoint);

        await ToolProcess.RunAsync(["pub", "g", "--server", _endpoint], [.. "say \"hé\"\n"u8.ToArray(), 0xFF, 0x00]);

        var objects = (await sub.EndAsync()).Lines.Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["g", "g"], objects.Select(o => o.GetProperty("group").GetString()));
        Assert.All(objects, o => Assert.True(MsgcClientId.TryParse(o.GetProperty("sender").GetString(), null, out _)));
        Assert.Equal([1, 2], objects.Select(o => o.GetProperty("number").GetInt64()));
        Assert.Equal("say \"hé\"", objects[0].GetProperty("text").GetString());
        Assert.Equal([0xFF, 0x00], objects[1].GetProperty("base64").GetBytesFromBase64());
    }

    [Fact]
    public async Task Hex_is_lower_case_and_an_empty_message_an_empty_line()
    {
        await using var sub = await ToolProcess.StartSubAsync("g", "--format", "hex", "--count", "2", "--server", _endpoint);

        await ToolProcess.RunAsync(["pub", "g", "--server", _endpoint], [0xAB, 0x0C, (byte)'\n', (byte)'\n']);

        Assert.Equal("ab0c\n\n", (await sub.EndAsync()).Text);
    }

    [Fact]
    public async Task Several_groups_are_counted_together()
    {
        await using var sub = ToolProcess.Start("sub", "a", "b", "--count", "2", "--server", _endpoint);
        await sub.ErrorLineAsync("joined a");
        await sub.ErrorLineAsync("joined b");

        await ToolProcess.RunAsync(["pub", "a", "1", "--server", _endpoint]);
        await ToolProcess.RunAsync(["pub", "b", "2", "--server", _endpoint]);

        Assert.Equal("1\n2\n", (await sub.EndAsync()).Text);
    }

    [Fact]
    public async Task Members_are_printed_when_asked_for_and_one_who_ends_has_left()
    {
        await using var sub = await ToolProcess.StartSubAsync("g", "--members", "--server", _endpoint);
        await using (var other = await ToolProcess.StartSubAsync("g", "--count", "1", "--server", _endpoint))
        {
            await ToolProcess.RunAsync(["pub", "g", "hello", "--server", _endpoint]);
            await other.EndAsync();
        }
        await sub.SignalAsync("INT");

        var lines = (await sub.EndAsync()).Lines;
        Assert.Contains(lines, line => line.StartsWith("members g: msgc-", StringComparison.Ordinal) && line.Contains(", msgc-", StringComparison.Ordinal)
            && line.EndsWith("@here (Join)", StringComparison.Ordinal));
        Assert.EndsWith("@here (Leave)", lines[^1], StringComparison.Ordinal);
        Assert.Contains("hello", lines);
    }

    [Fact]
    public async Task A_broken_pipe_ends_the_subscriber_quietly()
    {
        await using var sub = await ToolProcess.StartSubAsync("g", "--server", _endpoint);
        sub.CloseOutput();

        await ToolProcess.RunAsync(["pub", "g", "into the void", "--server", _endpoint]);

        var result = await sub.EndAsync();
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["joined g"], result.ErrorLines);
    }

    /// <summary>Lines of all lengths, with carriage returns and bytes that are no text.</summary>
    private static byte[] File(int lines)
    {
        var random = new Random(4809);
        var file = new MemoryStream();
        for (var i = 0; i < lines; i++)
        {
            var line = new byte[random.Next(200)];
            random.NextBytes(line);
            line.AsSpan().Replace((byte)'\n', (byte)'\r');
            file.Write(Encoding.UTF8.GetBytes($"{i}:"));
            file.Write(line);
            file.WriteByte((byte)'\n');
        }
        return file.ToArray();
    }
}
