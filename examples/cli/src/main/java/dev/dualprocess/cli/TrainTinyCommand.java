package dev.dualprocess.cli;

import dev.dualprocess.cli.console.Interrupt;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.world.training.Stage;
import dev.dualprocess.world.training.TinyModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains autoencoder, generator and verifier of the bundled models from nothing. */
@Command(
    name = "train-tiny",
    mixinStandardHelpOptions = true,
    description =
        "Train the bundled tiny models from nothing, stage by stage; a stage that was cut off goes on.")
final class TrainTinyCommand implements Callable<Integer> {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "tiny-models",
      description = "Folder of models and checkpoints (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--stage",
      paramLabel = "STAGE",
      description =
          "One stage alone: autoencoder, generator, verifier, rehearsals or scenes (default: all, in order).")
  private @Nullable Stage stage;

  @Mixin private OutputOptions output;
  @Mixin private ThreadOptions threads;

  @Override
  public Integer call() throws IOException {
    threads.apply();
    AtomicBoolean stop = new AtomicBoolean();
    try (RunFolder folder = RunFolder.open(out);
        Interrupt interrupt = new Interrupt(() -> stop.set(true))) {
      TinyModels models = new TinyModels(folder.path(), output.console(), stop::get);
      boolean done = stage == null ? models.train() : models.train(stage);
      return !done && interrupt.happened() ? Interrupt.EXIT_CODE : 0;
    }
  }
}
