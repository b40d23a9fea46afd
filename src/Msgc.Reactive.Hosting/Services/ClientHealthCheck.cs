using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Msgc.Reactive.Hosting.Services;

/// <summary>Healthy while the client is connected.</summary>
internal sealed class ClientHealthCheck(ClientService service) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var state = service.State;
        return Task.FromResult(state?.Phase == MsgcConnectionPhase.Connected
            ? HealthCheckResult.Healthy($"It is connected to {state.ServerName} at {state.Endpoint}.")
            : new HealthCheckResult(context.Registration.FailureStatus, state is null ? "It has not been started." : $"{state.Phase}, {state.Endpoint}: {state.Reason ?? "no server has answered yet"}"));
    }
}
