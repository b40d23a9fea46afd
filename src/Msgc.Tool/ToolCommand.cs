using System.CommandLine;

namespace Msgc.Tool;

/// <summary>A command whose help ends with examples and notes.</summary>
internal abstract class ToolCommand(string name, string description) : Command(name, description)
{
    /// <summary>Lines of text; those of examples start with two spaces and "$ ".</summary>
    public abstract string Epilogue { get; }
}
