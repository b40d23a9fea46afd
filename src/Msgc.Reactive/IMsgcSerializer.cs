namespace Msgc.Reactive;

/// <summary>Reads and writes the payloads of a <see cref="MsgcGroup{T}"/>. Thread-safe.</summary>
/// <typeparam name="T">What a payload means.</typeparam>
public interface IMsgcSerializer<T>
{
    /// <summary>Writes a value; the memory is read until the message is queued.</summary>
    ReadOnlyMemory<byte> Serialize(T value);

    /// <summary>Reads a payload. What it throws is reported in the client's diagnostics and ends nothing.</summary>
    T Deserialize(ReadOnlyMemory<byte> payload);
}
