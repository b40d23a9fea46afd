namespace Msgc.Reactive.Testing;

/// <summary>What a <see cref="TimelineEvent"/> tells, and how a <see cref="Timeline"/> draws it; where several fall into one column the last of these is drawn.</summary>
public enum TimelineMark
{
    /// <summary><c>o</c>: a member has received a message.</summary>
    Deliver,

    /// <summary><c>^</c>: a client publishes.</summary>
    Publish,

    /// <summary><c>v</c>: a client has got a view.</summary>
    View,

    /// <summary><c>l</c>: a client leaves a group.</summary>
    Leave,

    /// <summary><c>j</c>: a client's join is in force on all servers.</summary>
    Join,

    /// <summary><c>S</c>: a server or client starts.</summary>
    Start,

    /// <summary><c>C</c>: a client has a connection, or a server a link.</summary>
    Connect,

    /// <summary><c>?</c>: a client's diagnostics tell something: an observer that threw, messages that were dropped.</summary>
    Report,

    /// <summary><c>Z</c>: a server stops gracefully, or has stopped.</summary>
    Stop,

    /// <summary><c>K</c>: a server or client is killed.</summary>
    Kill,

    /// <summary><c>x</c>: a connection or link is lost.</summary>
    Lose,

    /// <summary><c>F</c>: a fault, or its end.</summary>
    Fault,

    /// <summary><c>!</c>: a member is told of a gap.</summary>
    Gap,
}
