namespace Msgc.Reactive.Tests.Architecture;

/// <summary>The rooms of an assembly and which may look into which. (architecture.md)</summary>
/// <param name="Root">The namespace whose sub-namespaces are the rooms.</param>
/// <param name="Nouns">The types in the root that may use all rooms; the others are vocabulary.</param>
/// <param name="Doors">From each room, the rooms that it may use beside itself.</param>
/// <param name="Exceptions">Single arrows that are known and have a reason: "Type -> Type".</param>
internal sealed record House(string Root, IReadOnlySet<string> Nouns, IReadOnlyDictionary<string, string[]> Doors, IReadOnlySet<string> Exceptions)
{
    public const string Vocabulary = "vocabulary";

    /// <summary>Arrows between types that go where no door is; each as "Room.Type -> Room.Type".</summary>
    public List<string> Violations(string assembly)
    {
        var wrong = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (from, mentioned) in TypeReferences.Of(assembly))
        {
            if (RoomOf(from) is not { } room || IsNoun(from)) continue;
            foreach (var to in mentioned)
            {
                if (RoomOf(to) is not { } other) continue;
                var allowed = !IsNoun(to) && (other == room || (Doors.TryGetValue(room, out var doors) && doors.Contains(other)));
                if (!allowed) wrong.Add($"{room}.{from.Name} -> {other}.{to.Name}");
            }
        }
        wrong.ExceptWith(Exceptions);
        return [.. wrong];
    }

    private bool IsNoun(TypeName type) => type.Namespace == Root && Nouns.Contains(type.Name);

    /// <summary>The room that a type is in; null for those of other assemblies.</summary>
    private string? RoomOf(TypeName type) =>
        type.Namespace == Root ? Vocabulary
        : type.Namespace.StartsWith($"{Root}.", StringComparison.Ordinal) ? type.Namespace[(Root.Length + 1)..].Split('.')[0]
        : null;
}
