namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>One server, or a mesh, in processes of their own.</summary>
internal interface IServers : IAsyncDisposable
{
    /// <summary>Where publishers connect to.</summary>
    int PublishPort { get; }

    /// <summary>Where subscribers connect to; in a mesh that is another server.</summary>
    int SubscribePort { get; }

    /// <summary>What all of them have used.</summary>
    ServerCost Cost();
}
