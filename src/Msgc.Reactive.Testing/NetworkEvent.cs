namespace Msgc.Reactive.Testing;

/// <summary>One thing that happened in a <see cref="SimulatedNetwork"/>.</summary>
/// <param name="Ticks">The scheduler's time, in ticks.</param>
/// <param name="Kind">What happened.</param>
/// <param name="From">The host that dialled, sent or ended.</param>
/// <param name="To">The other host.</param>
/// <param name="Connection">The running number of the connection, from 1; 0 for a dial that failed.</param>
/// <param name="Bytes">How many bytes were sent or handed over, else 0.</param>
public readonly record struct NetworkEvent(long Ticks, NetworkEventKind Kind, string From, string To, int Connection, int Bytes);
