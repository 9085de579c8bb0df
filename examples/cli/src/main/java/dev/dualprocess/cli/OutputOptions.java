package dev.dualprocess.cli;

import dev.dualprocess.cli.console.Console;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code --json}: whether a command reports to a person or to a machine. */
final class OutputOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--json", description = "Print machine-readable lines instead of text.")
  private boolean json;

  /** The console that these options ask for. */
  Console console() {
    return new Console(command.commandLine().getOut(), json);
  }
}
