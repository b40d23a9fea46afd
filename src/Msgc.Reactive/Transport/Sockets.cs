using System.Reactive.Concurrency;

namespace Msgc.Reactive.Transport;

/// <summary>The transport when the options name none.</summary>
internal static class Sockets
{
    /// <summary>Sockets; with a user's scheduler all that they report happens on it.</summary>
    public static IMsgcTransport For(IScheduler? scheduler) =>
        scheduler is null ? new SocketTransport() : new ScheduledTransport(new SocketTransport(), scheduler);
}
