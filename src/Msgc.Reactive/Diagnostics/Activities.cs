using System.Diagnostics;

namespace Msgc.Reactive.Diagnostics;

/// <summary>
/// Activities of publishing and delivering, by OpenTelemetry's conventions for messaging. Made only while somebody listens to the source.
/// A message has no headers, so a delivery's activity has no link to the publisher's.
/// </summary>
internal static class Activities
{
    private static readonly ActivitySource Source = new(MeterName.Value);

    /// <summary>Somebody listens.</summary>
    public static bool IsOn => Source.HasListeners();

    public static Activity? Publish(string group, MsgcClientId client, int bytes) => Start("publish", "send", ActivityKind.Producer, group, client, bytes);

    public static Activity? Process(string group, MsgcClientId client, int bytes) => Start("process", "process", ActivityKind.Consumer, group, client, bytes);

    private static Activity? Start(string operation, string type, ActivityKind kind, string group, MsgcClientId client, int bytes)
    {
        var activity = Source.StartActivity($"{operation} {group}", kind);
        return activity?
            .SetTag("messaging.system", "msgc")
            .SetTag("messaging.operation.name", operation)
            .SetTag("messaging.operation.type", type)
            .SetTag("messaging.destination.name", group)
            .SetTag("messaging.client.id", client.ToString())
            .SetTag("messaging.message.body.size", bytes);
    }
}
