using System.Text;
using Msgc.Tool.Top;

namespace Msgc.Tool.Tests.Top;

/// <summary>Reports as servers publish them.</summary>
internal static class Reports
{
    public static StatisticsReport Report(
        string server, double seconds, string connections = "", string groups = "", string ends = "", string incarnation = "1", long messages = 0, int omitted = 0, double interval = 1) =>
        StatisticsReport.Read(Payload(server, seconds, connections, groups, ends, incarnation, messages, omitted, interval)) ?? throw new InvalidOperationException("The report is none.");

    public static byte[] Payload(
        string server, double seconds, string connections = "", string groups = "", string ends = "", string incarnation = "1", long messages = 0, int omitted = 0, double interval = 1) =>
        Encoding.UTF8.GetBytes($$"""
            {"server":"{{server}}","incarnation":"{{incarnation}}","seconds":{{seconds}},"interval":{{interval}},"more":[],
             "totals":{"accepted":3,"refused":0,"messagesIn":{{messages}},"bytesIn":{{messages * 100}},"messagesOut":{{2 * messages}},"bytesOut":{{messages * 200}},
                       "stalls":2,"joins":0,"leaves":0,"views":0,"gaps":1,"ends":{ {{ends}} } },
             "connections":[{{connections}}],"groups":[{{groups}}],"omittedConnections":{{omitted}},"omittedGroups":{{2 * omitted}}}
            """);

    public static string Connection(string name, long messagesIn = 0, long messagesOut = 0, long queued = 0, double age = 0, bool stalled = false, string kind = "client") => $$"""
        {"kind":"{{kind}}","name":"{{name}}","id":"{{name}}","address":"10.0.0.9:5000","seconds":3,"messagesIn":{{messagesIn}},"bytesIn":0,"messagesOut":{{messagesOut}},
         "bytesOut":0,"stalls":{{(stalled ? 1 : 0)}},"queued":{{queued}},"queuedBytes":0,"queuedSeconds":{{age}},"stalled":{{(stalled ? "true" : "false")}}}
        """;

    public static string Group(string name, int members, long messages) => $$"""{"name":"{{name}}","members":{{members}},"messages":{{messages}}}""";
}
