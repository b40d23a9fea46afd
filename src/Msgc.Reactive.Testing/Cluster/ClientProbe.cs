using Msgc.Reactive.Diagnostics;

namespace Msgc.Reactive.Testing.Cluster;

/// <summary>Draws what happens in a client's groups, and checks who is told.</summary>
internal sealed class ClientProbe(string client, Lanes lanes, Violations violations) : IGroupProbe
{
    public void Joined(string group) => lanes.Add(client, TimelineMark.Join, group);

    public void Left(string group) => lanes.Add(client, TimelineMark.Leave, group);

    public void Publishing(string group) => lanes.Add(client, TimelineMark.Publish, group);

    public void Delivering(in MsgcMessage message) => lanes.Add(client, TimelineMark.Deliver, message.Group);

    public void Viewing(MsgcView view) => lanes.Add(client, TimelineMark.View, view.Group, view.Change());

    public void Missing(MsgcGap gap) => lanes.Add(client, TimelineMark.Gap, gap.Group, gap.Told());

    public IObserver<T> Watch<T>(string sequence, IObserver<T> observer) => violations.Watch(client, sequence, observer);
}
