namespace Msgc.Tool;

/// <summary>A runtime failure, told in one line: exit code 1.</summary>
internal sealed class Failure(string message) : Exception(message);
