using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Msgc.Reactive.Benchmarks.Micro;

/// <summary>
/// The steps of the hot path one by one, with BenchmarkDotNet, on a scheduler of its own: so without what takes a thread, or is saved by taking none.
/// </summary>
internal static class MicroCommand
{
    public static int Run(Selection selection)
    {
        // In this process: nothing is generated or built, and what it writes goes where temporary files go.
        var artifacts = Directory.CreateTempSubdirectory("msgc-micro-");
        try
        {
            var config = ManualConfig.CreateEmpty()
                .AddJob((selection.Quick ? Job.ShortRun : Job.MediumRun).WithToolchain(InProcessEmitToolchain.Instance))
                .AddColumnProvider(DefaultColumnProviders.Instance)
                .HideColumns(Column.Error, Column.StdDev, Column.Gen0, Column.Gen1, Column.Gen2)
                .AddDiagnoser(MemoryDiagnoser.Default)
                .AddExporter(MarkdownExporter.Console)
                .AddLogger(NullLogger.Instance)
                .AddFilter(new SimpleFilter(benchmark => selection.Wants($"{benchmark.Descriptor.Type.Name}.{benchmark.Descriptor.WorkloadMethod.Name}")))
                .WithArtifactsPath(artifacts.FullName)
                .WithOptions(ConfigOptions.DisableLogFile | ConfigOptions.JoinSummary);
            var summaries = BenchmarkRunner.Run(typeof(MicroCommand).Assembly, config);
            foreach (var summary in summaries) MarkdownExporter.Console.ExportToLog(summary, ConsoleLogger.Unicode);
            return summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)) ? 1 : 0;
        }
        finally
        {
            artifacts.Delete(recursive: true);
        }
    }
}
