using System.Reactive.Disposables;
using Msgc.Reactive;

namespace Msgc.Tool.Bench;

/// <summary>The clients of a run, and what they have subscribed to; all end together.</summary>
internal sealed class Connections : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(3);

    private readonly List<MsgcClient> _clients = [];

    public CompositeDisposable Subscriptions { get; } = [];

    /// <exception cref="Failure">No server of the list could be reached.</exception>
    public async Task<MsgcClient> ConnectAsync(string name, string[] servers, CancellationToken token)
    {
        var client = new MsgcClient(new MsgcClientOptions { Servers = servers, Name = name, ConnectTimeout = ConnectTimeout, DrainTimeout = DrainTimeout });
        _clients.Add(client);
        var news = new ConnectionNews(servers, name);
        Subscriptions.Add(client.State.Subscribe(news));
        await news.Reached.WaitAsync(token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Subscriptions.Dispose();
        await Task.WhenAll(_clients.Select(client => client.DisposeAsync().AsTask()));
    }
}
