using Msgc.Reactive.Simulation;

return Commands.Run(args);
