namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>A messaging system to be measured: its server, and clients that publish and subscribe.</summary>
internal interface IPeer
{
    string Name { get; }

    /// <summary>Peers with the same server share its process.</summary>
    string Server { get; }

    /// <summary>False: the workload says nothing about this peer.</summary>
    bool Takes(Workload workload) => true;

    /// <summary>A publisher waits while a subscriber is so many bytes behind, where a server would cut off those that lag. Null: the system has back-pressure.</summary>
    int? WindowBytes => null;

    /// <summary>The peer that this one's figures are compared to.</summary>
    string Yardstick => "nats";

    /// <summary>Starts the server, or several; null when it is not installed.</summary>
    Task<IServers?> StartAsync();

    /// <summary>A connection that publishes.</summary>
    Task<IPublisher> ConnectAsync(int port, string[] groups);

    /// <summary>A connection that is subscribed to all the groups when the task completes, and calls the receiver for each message.</summary>
    Task<IAsyncDisposable> SubscribeAsync(int port, string[] groups, Receiver receiver);
}

/// <summary>Publishes; one call at a time.</summary>
internal interface IPublisher : IAsyncDisposable
{
    /// <summary>The payload is the caller's again when the task completes.</summary>
    ValueTask PublishAsync(int group, ReadOnlyMemory<byte> payload);

    /// <summary>Nothing stays in a buffer of the publisher's.</summary>
    ValueTask FlushAsync();
}
