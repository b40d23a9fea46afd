namespace Msgc.Reactive.Hosting.Settings;

/// <summary>An endpoint of a listener's stanza or section; it may be switched off.</summary>
internal sealed record ListenEntry(MsgcListenOptions Listen, bool IsEnabled = true);
