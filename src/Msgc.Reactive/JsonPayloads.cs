using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Msgc.Reactive;

/// <summary>Payloads as JSON.</summary>
internal sealed class JsonPayloads<T> : IMsgcSerializer<T>
{
    private readonly JsonTypeInfo<T> _type;

    public JsonPayloads(JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        _type = type;
    }

    public ReadOnlyMemory<byte> Serialize(T value) => JsonSerializer.SerializeToUtf8Bytes(value, _type);

    public T Deserialize(ReadOnlyMemory<byte> payload) =>
        JsonSerializer.Deserialize(payload.Span, _type) ?? throw new JsonException($"The payload is null, not a {typeof(T).Name}.");
}
