namespace Msgc.Reactive.Hosting.Settings;

/// <summary>The options of an endpoint that is listened on; given for a whole listener they are what its endpoints have by default.</summary>
internal static class ListenSettings
{
    public static IReadOnlyList<Setting<ListenEntry>> All { get; } =
    [
        new Scalar<ListenEntry, bool>("enable", "Enable", Formats.Flag, Formats.Flag, e => (true, e.IsEnabled), (e, v) => e with { IsEnabled = v }),
        new Scalar<ListenEntry, UnixFileMode>(
            "file_mode", nameof(MsgcListenOptions.FileMode), Formats.Mode, Formats.Mode,
            e => (e.Listen.FileMode is not null, e.Listen.FileMode.GetValueOrDefault()), (e, v) => e with { Listen = e.Listen with { FileMode = v } }),
        new Scalar<ListenEntry, int>(
            "accept_queue_backlog", nameof(MsgcListenOptions.AcceptQueueBacklog), Formats.Whole, Formats.Whole,
            e => (true, e.Listen.AcceptQueueBacklog), (e, v) => e with { Listen = e.Listen with { AcceptQueueBacklog = v == 0 ? 512 : v } }),
    ];

    /// <summary>What is wrong with an endpoint by itself.</summary>
    public static string? Wrong(MsgcListenOptions listen) =>
        OptionError.Of(new MsgcServerOptions { Listen = [listen] })?.Text.Replace("Listen[0]", "Listen", StringComparison.Ordinal);
}
