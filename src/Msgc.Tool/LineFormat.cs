using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Msgc.Reactive;

namespace Msgc.Tool;

/// <summary>How messages and views become lines.</summary>
internal sealed class LineFormat
{
    // What a terminal shows need not be safe inside HTML.
    public static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Utf8JsonWriter _json = new(Stream.Null, Relaxed);

    private LineFormat(bool isJson, Action<MsgcMessage, ArrayBufferWriter<byte>>? message)
    {
        Message = message ?? Json;
        View = isJson ? Json : Text;
    }

    /// <summary>The names of the formats, the default first.</summary>
    public static string[] Names => ["text", "json", "hex"];

    public Action<MsgcMessage, ArrayBufferWriter<byte>> Message { get; }

    public Action<MsgcView, ArrayBufferWriter<byte>> View { get; }

    public static LineFormat Named(string name) => name switch
    {
        "json" => new LineFormat(isJson: true, null),
        "hex" => new LineFormat(isJson: false, Hex),
        _ => new LineFormat(isJson: false, static (message, line) => line.Write(message.Payload.Span)),
    };

    /// <summary>A member as an object.</summary>
    public static void Json(MsgcMember member, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, member.Id.ToString());
        json.WriteString("client"u8, member.ClientName);
        json.WriteString("server"u8, member.ServerName);
        json.WriteEndObject();
    }

    private static void Hex(MsgcMessage message, ArrayBufferWriter<byte> line)
    {
        Convert.TryToHexStringLower(message.Payload.Span, line.GetSpan(2 * message.Payload.Length + 1), out var written);
        line.Advance(written);
    }

    private static void Text(MsgcView view, ArrayBufferWriter<byte> line)
    {
        var members = string.Join(", ", view.Members.Select(member => $"{member.ClientName}@{member.ServerName}"));
        Encoding.UTF8.GetBytes($"members {view.Group}: {members} ({view.Cause})", line);
    }

    private void Json(MsgcMessage message, ArrayBufferWriter<byte> line)
    {
        _json.Reset(line);
        _json.WriteStartObject();
        _json.WriteString("group"u8, message.Group);
        _json.WriteString("sender"u8, message.Sender.ToString());
        _json.WriteNumber("number"u8, message.Number);
        if (Utf8.IsValid(message.Payload.Span)) _json.WriteString("text"u8, message.Payload.Span);
        else _json.WriteBase64String("base64"u8, message.Payload.Span);
        _json.WriteEndObject();
        _json.Flush();
    }

    private void Json(MsgcView view, ArrayBufferWriter<byte> line)
    {
        _json.Reset(line);
        _json.WriteStartObject();
        _json.WriteString("group"u8, view.Group);
        _json.WriteString("cause"u8, view.Cause.ToString());
        _json.WriteStartArray("members"u8);
        foreach (var member in view.Members) Json(member, _json);
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
    }
}
