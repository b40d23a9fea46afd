using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Msgc.Reactive.Hosting.Services;

/// <summary>Healthy while the server listens and is linked to all its peers; degraded without some of these.</summary>
internal sealed class ServerHealthCheck(ServerService service) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check(context));

    private HealthCheckResult Check(HealthCheckContext context)
    {
        if (!service.IsListening) return new HealthCheckResult(context.Registration.FailureStatus, "It does not listen.");
        var server = service.Server;
        var data = new Dictionary<string, object> { ["server"] = server.NodeName, ["listening"] = string.Join(", ", server.Endpoints) };
        foreach (var peer in service.Peers) data[$"peer {peer.Name}"] = peer.Reason is null ? $"{peer.Phase}" : $"{peer.Phase}, {peer.Cause}: {peer.Reason}";
        var missing = service.Peers.Where(peer => peer.Phase is MsgcPeerPhase.Connecting or MsgcPeerPhase.Lost).Select(peer => peer.Name).ToArray();
        return missing.Length == 0
            ? HealthCheckResult.Healthy("It listens, and is linked to all its peers.", data)
            : HealthCheckResult.Degraded($"It is not linked to {string.Join(", ", missing)}.", null, data);
    }
}
