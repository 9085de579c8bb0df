package dev.dualprocess.examples.cli;

import dev.dualprocess.examples.run.Interrupt;
import dev.dualprocess.examples.training.TinyModels;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains the bundled models from nothing. */
@Command(
    name = "train-tiny",
    mixinStandardHelpOptions = true,
    description = "Train the bundled tiny models from nothing, stage by stage.")
final class TrainTinyCommand implements Callable<Integer> {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "tiny-models",
      description = "Folder of models and checkpoints (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(names = "--stage", paramLabel = "NAME", description = "One stage alone.")
  private String stage;

  @Mixin private OutputOptions output;
  @Mixin private ThreadOptions threads;

  @Override
  public Integer call() throws Exception {
    threads.apply();
    AtomicBoolean stop = new AtomicBoolean();
    try (Interrupt interrupt = new Interrupt(() -> stop.set(true))) {
      TinyModels models = new TinyModels(out, output.console(), stop::get);
      if (stage == null || stage.equals("autoencoder")) {
        models.autoencoder();
      }
      if (stage == null || stage.equals("generator")) {
        models.generator();
      }
      if (stage == null || stage.equals("verifier")) {
        models.verifier();
      }
      return interrupt.happened() ? Interrupt.EXIT_CODE : 0;
    }
  }
}
