package dev.dualprocess.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What can be done with LoRA files without a model. */
@Command(
    name = "lora",
    mixinStandardHelpOptions = true,
    description =
        "Look at LoRA files, write them in another program's form, add them up, make them ready to"
            + " be published.",
    subcommands = {
      LoraInfoCommand.class,
      LoraConvertCommand.class,
      LoraMergeCommand.class,
      LoraCardCommand.class
    })
final class LoraCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
