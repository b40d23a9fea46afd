namespace Msgc.Reactive;

/// <summary>The members of a group at one moment, and what changed since the view before.</summary>
public sealed class MsgcView
{
    internal MsgcView(
        string group, MsgcViewId id, IReadOnlyList<MsgcMember> members, IReadOnlyList<MsgcMember> joined, IReadOnlyList<MsgcMember> left, MsgcViewCause cause)
    {
        Group = group;
        Id = id;
        Members = members;
        Joined = joined;
        Left = left;
        Cause = cause;
    }

    /// <summary>The group's name.</summary>
    public string Group { get; }

    /// <summary>Digest of the set of member ids.</summary>
    public MsgcViewId Id { get; }

    /// <summary>All members, ordered by id.</summary>
    public IReadOnlyList<MsgcMember> Members { get; }

    /// <summary>Who is in it and was not in the view before.</summary>
    public IReadOnlyList<MsgcMember> Joined { get; }

    /// <summary>Who was in the view before and is not in it.</summary>
    public IReadOnlyList<MsgcMember> Left { get; }

    /// <summary>Why it changed; the latest reason where several changes were merged.</summary>
    public MsgcViewCause Cause { get; }

    /// <summary>For logs.</summary>
    public override string ToString() => $"{Group}: {Members.Count} members, +{Joined.Count} -{Left.Count}, {Cause}";
}
