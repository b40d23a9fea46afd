namespace Msgc.Reactive.Simulation;

/// <summary>One number for all that happened on a network, FNV-1a over its events.</summary>
internal sealed class TraceHash : IObserver<NetworkEvent>
{
    private const ulong Prime = 0x100000001B3;

    public ulong Value { get; private set; } = 0xCBF29CE484222325;

    public void OnNext(NetworkEvent value)
    {
        Add((ulong)value.Ticks);
        Add(((ulong)value.Kind << 56) | ((ulong)(uint)value.Connection << 24) | (uint)value.From.Length);
        Add((ulong)value.Bytes);
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private void Add(ulong word) => Value = (Value ^ word) * Prime;
}
