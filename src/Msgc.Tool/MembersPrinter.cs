using System.Buffers;
using System.Text.Json;
using Msgc.Reactive;

namespace Msgc.Tool;

/// <summary>Prints a group's first view, and then, when wanted, what changes.</summary>
internal sealed class MembersPrinter(LineOutput output, bool isJson, bool follow) : IObserver<MsgcView>
{
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Utf8JsonWriter _json = new(Stream.Null, LineFormat.Relaxed);
    private readonly Columns _columns = new();
    private Dictionary<MsgcClientId, MsgcMember>? _known;

    /// <summary>Completes when all that is wanted is printed; faults with what ends the group.</summary>
    public Task Finished => _finished.Task;

    public void OnNext(MsgcView value)
    {
        if (_finished.Task.IsCompleted) return;
        var isFirst = _known is null;
        // Not what the view says: after a reconnect one who has moved meanwhile has both joined and left.
        var before = _known ?? [];
        _known = value.Members.ToDictionary(member => member.Id);
        var change = new Change(
            value.Group,
            value.Cause,
            [.. value.Members.Where(member => !before.ContainsKey(member.Id))],
            [.. before.Values.Where(member => !_known.ContainsKey(member.Id))],
            [.. value.Members.Where(member => before.TryGetValue(member.Id, out var known) && known.ServerName != member.ServerName)]);
        if (isFirst && value.Members.Count == 0) Notice.Say("no members");
        else if (isJson && follow) output.Write(change, Json);
        else if (isJson) Each(change.Joined, Json);
        else if (isFirst) Rows([.. change.Joined.Select(Row)]);
        else Rows([.. Marked("+ ", change.Joined, change), .. Marked("- ", change.Left, change), .. Marked("~ ", change.Moved, change)]);
        if (follow) return;
        output.Flush();
        _finished.TrySetResult();
    }

    public void OnError(Exception error) => _finished.TrySetException(error);

    public void OnCompleted() => _finished.TrySetResult();

    private static string[] Row(MsgcMember member) => [member.ClientName, member.Id.ToString(), member.ServerName];

    private static IEnumerable<string[]> Marked(string mark, MsgcMember[] members, Change change) =>
        members.Select(member => (string[])[mark + member.ClientName, member.Id.ToString(), member.ServerName, change.Cause.ToString()]);

    private void Rows(string[][] rows)
    {
        _columns.Fit(rows);
        Each(rows, _columns.Write);
    }

    private void Each<T>(T[] items, Action<T, ArrayBufferWriter<byte>> format)
    {
        foreach (var item in items) output.Write(item, format);
    }

    private void Json(MsgcMember member, ArrayBufferWriter<byte> line)
    {
        _json.Reset(line);
        LineFormat.Json(member, _json);
        _json.Flush();
    }

    private void Json(Change change, ArrayBufferWriter<byte> line)
    {
        _json.Reset(line);
        _json.WriteStartObject();
        _json.WriteString("group"u8, change.Group);
        _json.WriteString("cause"u8, change.Cause.ToString());
        Json("joined", change.Joined);
        Json("left", change.Left);
        Json("moved", change.Moved);
        _json.WriteEndObject();
        _json.Flush();
    }

    private void Json(string name, MsgcMember[] members)
    {
        _json.WriteStartArray(name);
        foreach (var member in members) LineFormat.Json(member, _json);
        _json.WriteEndArray();
    }

    /// <summary>What a view changes.</summary>
    private sealed record Change(string Group, MsgcViewCause Cause, MsgcMember[] Joined, MsgcMember[] Left, MsgcMember[] Moved);
}
