using System.CommandLine;

namespace Msgc.Tool;

/// <summary>A command whose help ends with examples and notes.</summary>
internal abstract class ToolCommand(string name, string description) : Command(name, description), IEpilogue
{
    public abstract string Epilogue { get; }
}
