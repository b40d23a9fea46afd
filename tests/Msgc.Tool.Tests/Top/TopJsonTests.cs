using System.Buffers;
using System.Text;
using Msgc.Tool.Top;
using static Msgc.Tool.Tests.Top.Reports;

namespace Msgc.Tool.Tests.Top;

public sealed class TopJsonTests
{
    private readonly ClusterFigures _figures = new();

    [Fact]
    public void Everything_is_there_and_so_is_what_is_missing()
    {
        _figures.Add(Report("south", 1, Connection("gone"), omitted: 100), 0);
        foreach (var second in (int[])[0, 1])
        {
            var connections = Connection("snail", messagesOut: 10 * second, queued: 7, age: 2.5, stalled: true);
            _figures.Add(Report("north", 60 + second, connections, Group("x", 2, 30 * second), "\"Backlog\":1", messages: 30 * second, omitted: 3), 4 + second);
        }
        Assert.Equal(
            """
            {"servers":[
            {"name":"north","silent":false,"seconds":61,"clients":4,"links":0,"messagesInPerSecond":30,"messagesOutPerSecond":60,"bytesInPerSecond":3000,"bytesOutPerSecond":6000,"queued":7,"stalls":2,"gaps":1,"ends":{"Backlog":1}},
            {"name":"south","silent":true,"seconds":1,"clients":101,"links":0,"messagesInPerSecond":0,"messagesOutPerSecond":0,"bytesInPerSecond":0,"bytesOutPerSecond":0,"queued":0,"stalls":2,"gaps":1,"ends":{}}],
            "connections":[
            {"name":"snail","kind":"client","id":"snail","server":"north","address":"10.0.0.9:5000","messagesInPerSecond":0,"messagesOutPerSecond":10,"bytesInPerSecond":0,"bytesOutPerSecond":0,"queued":7,"queuedSeconds":2.5,"stalls":1,"stalled":true}],
            "groups":[
            {"name":"x","members":2,"messagesPerSecond":30}],
            "omittedConnections":3,"omittedGroups":6}
            """.ReplaceLineEndings(""),
            Text(time: 5));
    }

    private string Text(double time)
    {
        var line = new ArrayBufferWriter<byte>();
        TopJson.Write((_figures, time), line);
        return Encoding.UTF8.GetString(line.WrittenSpan);
    }
}
