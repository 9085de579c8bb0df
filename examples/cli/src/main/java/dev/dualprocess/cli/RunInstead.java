package dev.dualprocess.cli;

import dev.dualprocess.config.UserPath;
import dev.dualprocess.run.RunPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** A finished run's folder, which says by itself what otherwise options must say. */
final class RunInstead {
  private static final List<String> NEEDED =
      List.of("--lora", "--generator", "--verifier", "--prompt");
  private static final List<String> SAID_BY_THE_RUN =
      List.of(
          "--question",
          "--answer",
          "--no-postfix",
          "--palette",
          "--line-weight",
          "--horizon",
          "--depth",
          "--composition",
          "--overlay",
          "--overlay-mode",
          "--size",
          "--inference-steps",
          "--guidance",
          "--shift");

  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "RUN_DIR",
      description =
          "The folder of a run, which says by itself what was asked and how; then --lora,"
              + " --generator, --verifier and --prompt are only for others than the run's.")
  private @Nullable Path folder;

  /** Makes optional what a run's folder can say; {@link #read} asks for it where there is none. */
  static final class Transformer implements IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec command) {
      for (String name : NEEDED) {
        OptionSpec option = command.findOption(name);
        command.remove(option);
        command.addOption(OptionSpec.builder(option).required(false).build());
      }
      return command;
    }
  }

  /**
   * What the run was asked for, if a folder was given.
   *
   * @throws IOException in one line, if it is not a run's
   */
  Optional<RunPlan> read() throws IOException {
    if (folder == null) {
      for (String name : NEEDED) {
        if (!given(name)) {
          throw wrong("Missing required option: '" + name + "' (or the folder of a run)");
        }
      }
      return Optional.empty();
    }
    for (String name : SAID_BY_THE_RUN) {
      if (given(name)) {
        throw wrong("the run in " + folder + " says what was asked and how: leave out " + name);
      }
    }
    return Optional.of(RunPlan.read(UserPath.of(folder.toString())));
  }

  /** What the run has learnt. */
  LoraOption lora() {
    if (folder == null) {
      throw new IllegalStateException("no run was given");
    }
    return new LoraOption(folder.resolve("lora.safetensors"), 1);
  }

  private boolean given(String name) {
    return spec.commandLine().getParseResult().hasMatchedOption(name);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
