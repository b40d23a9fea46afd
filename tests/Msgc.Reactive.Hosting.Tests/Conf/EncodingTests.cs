using System.Text;
using Msgc.Reactive.Hosting.Conf;

namespace Msgc.Reactive.Hosting.Tests.Conf;

public sealed class EncodingTests
{
    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_text_and_other_letters_are_read()
    {
        var conf = Files.Read("\uFEFFmsgc_server { node_name = \"nœud\" }");

        Assert.Empty(conf.Problems);
        Assert.Equal("nœud", conf.Server.NodeName);
    }

    [Fact]
    public void The_first_byte_that_is_not_Utf8_is_told_with_its_place_and_other_errors_are_found_too()
    {
        var files = new MemoryFiles { Encoding = Encoding.Latin1, ["/m.conf"] = "# Zürich, Köln\nmsgc_server { node_name = a }\nmsgc_server { max_backlog = 7 }" };

        var problems = MsgcConf.Read("/m.conf", null, files).Problems.Select(problem => problem.ToString()).ToArray();

        Assert.Equal("/m.conf:1:4: the byte 0xFC is not UTF-8; save the file in that encoding", problems[0]);
        Assert.StartsWith("/m.conf:3:29: max_backlog is 7; ", Assert.Single(problems[1..]), StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_behind_a_byte_order_mark_and_letters_of_several_bytes_count_letters()
    {
        byte[] bytes = [.. "\uFEFFa = b\né = "u8, 0xC3];
        var problems = new ConfProblems();

        Assert.Equal("a = b\né = \uFFFD", ConfEncoding.Decode("m", bytes, problems));

        Assert.Equal((2, 5), (Assert.Single(problems.All).Line, problems.All[0].Column));
    }
}
