namespace Msgc.Reactive.IntegrationTests.Transport;

/// <summary>A test of what there is on Linux only; skipped, with a word of it, elsewhere.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "Connections have threads of their own on Linux only.";
    }
}
