namespace Msgc.Reactive.Operators;

/// <summary>An operator whose timer is set by sequences, and which these may fail.</summary>
internal interface ITimed
{
    QuietTimer Timer { get; }

    void SettingsFailed(Exception error);
}
