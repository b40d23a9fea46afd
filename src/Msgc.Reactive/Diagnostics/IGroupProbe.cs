namespace Msgc.Reactive.Diagnostics;

/// <summary>
/// Sees what happens in a client's groups as it happens: how the test kit draws and checks it. Called inside the client's turn, under its
/// gate or by whoever publishes, so it has to be quick, and must not call back.
/// </summary>
internal interface IGroupProbe
{
    /// <summary>The join is in force on all servers.</summary>
    void Joined(string group);

    /// <summary>The group has lost its last subscription.</summary>
    void Left(string group);

    /// <summary>The application publishes; whether it succeeds is not known yet.</summary>
    void Publishing(string group);

    /// <summary>A message is about to be pushed to the group's observers.</summary>
    void Delivering(in MsgcMessage message);

    /// <summary>A view is about to be pushed to the group's observers.</summary>
    void Viewing(MsgcView view);

    /// <summary>A gap is about to be pushed to the group's observers.</summary>
    void Missing(MsgcGap gap);

    /// <summary>Somebody subscribes: gives the observer to push to in place of theirs.</summary>
    /// <param name="sequence">What is subscribed to: the group's name, and whether it is its messages, events or views.</param>
    /// <param name="observer">The subscriber's.</param>
    IObserver<T> Watch<T>(string sequence, IObserver<T> observer);
}
