global using Msgc.Reactive.Testing;
