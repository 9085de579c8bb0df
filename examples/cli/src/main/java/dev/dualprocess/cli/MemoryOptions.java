package dev.dualprocess.cli;

import dev.dualprocess.models.MemoryPlan;
import dev.dualprocess.tensor.OutOfMemoryException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What a command is about to open, judged before it does, and what to say if it was too much. */
final class MemoryOptions {
  private static final String SKIP = "--skip-memory-check";

  @Option(
      names = SKIP,
      description = "Start even where less memory is free than the models and the run need.")
  private boolean skip;

  private @Nullable MemoryPlan plan;

  /** Refuses a plan that does not fit, unless that is not to be judged. */
  void require(MemoryPlan planned) {
    plan = planned;
    if (skip) {
      return;
    }
    try {
      planned.requireRoom();
    } catch (IllegalStateException e) {
      throw new IllegalStateException(e.getMessage() + "; " + SKIP + " starts anyway", e);
    }
  }

  /** What {@code error} says, and which options of the command would have taken less. */
  static String told(Throwable error, CommandSpec command) {
    String line = OutOfMemoryException.of(error).getMessage();
    return command.mixins().values().stream()
        .map(CommandSpec::userObject)
        .filter(MemoryOptions.class::isInstance)
        .flatMap(options -> ((MemoryOptions) options).savings().stream())
        .findFirst()
        .map(savings -> line + "; " + savings)
        .orElse(line);
  }

  private Optional<String> savings() {
    return plan == null ? Optional.empty() : plan.savings();
  }
}
