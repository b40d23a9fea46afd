using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace Msgc.Reactive;

/// <summary>A group whose payloads are values. As <see cref="MsgcGroup"/> in all else, and sharing its join.</summary>
/// <typeparam name="T">What a payload means.</typeparam>
public sealed class MsgcGroup<T> : ISubject<T, MsgcMessage<T>>
{
    private readonly IMsgcSerializer<T> _serializer;
    private readonly IObservable<MsgcMessage<T>> _messages;

    internal MsgcGroup(MsgcGroup group, IMsgcSerializer<T> serializer, Action<MsgcDiagnostic> report)
    {
        Raw = group;
        _serializer = serializer;
        _messages = Observable.Create<MsgcMessage<T>>(observer => group.Subscribe(
            message =>
            {
                T value;
                try
                {
                    value = serializer.Deserialize(message.Payload);
                }
                catch (Exception error)
                {
                    report(new MsgcDiagnostic(MsgcDiagnosticKind.DeserializationFailed, group.Name, 1, error));
                    return;
                }
                observer.OnNext(new MsgcMessage<T>(message.Group, message.Sender, message.Number, value));
            },
            observer.OnError,
            observer.OnCompleted));
    }

    /// <summary>The group itself: its events, membership and payloads as bytes.</summary>
    public MsgcGroup Raw { get; }

    /// <summary>The group's name.</summary>
    public string Name => Raw.Name;

    /// <inheritdoc cref="MsgcGroup.Membership"/>
    public IObservable<MsgcView> Membership => Raw.Membership;

    /// <summary>Receives the group's values. A payload that cannot be read is reported in the client's diagnostics and skipped.</summary>
    public IDisposable Subscribe(IObserver<MsgcMessage<T>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return _messages.Subscribe(observer);
    }

    /// <inheritdoc cref="MsgcGroup.PublishAsync"/>
    public ValueTask PublishAsync(T value, CancellationToken cancellationToken = default) => Raw.PublishAsync(_serializer.Serialize(value), cancellationToken);

    /// <inheritdoc cref="MsgcGroup.OnNext"/>
    public void OnNext(T value) => Raw.OnNext(_serializer.Serialize(value));

    /// <inheritdoc cref="MsgcGroup.OnCompleted"/>
    public void OnCompleted() => Raw.OnCompleted();

    /// <inheritdoc cref="MsgcGroup.OnCompleted"/>
    public void OnError(Exception error) => Raw.OnError(error);

    /// <inheritdoc cref="MsgcGroup.WhenJoinedAsync"/>
    public Task WhenJoinedAsync(CancellationToken cancellationToken = default) => Raw.WhenJoinedAsync(cancellationToken);
}
