using System.Reactive;
using Microsoft.Reactive.Testing;

namespace Msgc.Reactive.Tests.Operators;

/// <summary>The words of these tests: virtual ticks as times, and what an observer saw as one line of text.</summary>
internal static class Timeline
{
    public static TimeSpan Ticks(long ticks) => TimeSpan.FromTicks(ticks);

    /// <summary>For example <c>a@10 b@12 !Idle@30</c> or <c>a@10 |@12</c>.</summary>
    public static string Seen<T>(this ITestableObserver<T> observer) => string.Join(' ', observer.Messages.Select(m => $"{Text(m.Value)}@{m.Time}"));

    /// <summary>For example <c>0-30</c>, one for each subscription; no end shows as <c>0-</c>.</summary>
    public static string Lives<T>(this ITestableObservable<T> source) => string.Join(' ', source.Subscriptions.Select(
        s => s.Unsubscribe == Subscription.Infinite ? $"{s.Subscribe}-" : $"{s.Subscribe}-{s.Unsubscribe}"));

    public static string Text(Exception? error) => error switch
    {
        null => "null",
        MsgcConnectionException connection => connection.Cause.ToString(),
        _ => error.Message,
    };

    private static string Text<T>(Notification<T> notification) => notification.Kind switch
    {
        NotificationKind.OnNext => $"{notification.Value}",
        NotificationKind.OnError => "!" + Text(notification.Exception),
        _ => "|",
    };
}
