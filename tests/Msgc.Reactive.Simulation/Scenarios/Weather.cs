namespace Msgc.Reactive.Simulation.Scenarios;

/// <summary>What may go wrong in a scenario, and so what has to go right.</summary>
internal enum Weather
{
    /// <summary>Nothing: no message is lost, nobody is killed.</summary>
    Calm,

    /// <summary>Servers stop gracefully, one at a time, and every client knows another one: no message is lost.</summary>
    Drains,

    /// <summary>Everything: what is lost is told.</summary>
    Storm,
}
