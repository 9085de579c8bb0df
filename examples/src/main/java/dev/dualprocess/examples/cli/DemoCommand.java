package dev.dualprocess.examples.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.ImageSize;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.examples.horizon.HorizonDemo;
import dev.dualprocess.examples.models.BundledModels;
import dev.dualprocess.examples.models.ModelSource;
import dev.dualprocess.examples.run.Console;
import dev.dualprocess.examples.run.Interrupt;
import dev.dualprocess.examples.run.RunConfig;
import dev.dualprocess.examples.run.RunFolder;
import dev.dualprocess.examples.run.TrainingRun;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The main job on the bundled tiny models: moves the horizon to a red line. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Move the horizon to a red line, with the bundled tiny models, on the CPU.")
final class DemoCommand implements Callable<Integer> {
  private static final int CHECKPOINT_EVERY = 50;

  @Spec private CommandSpec spec;

  @Option(names = "--prompt", description = "The generator's text (default: ${DEFAULT-VALUE}).")
  private String prompt = "a photo of a desert at noon";

  @Option(
      names = "--horizon",
      paramLabel = "0..1",
      description = "Where the horizon should be, 0 top, 1 bottom (default: ${DEFAULT-VALUE}).")
  private double horizon = 0.3125;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Optimisation steps (default: ${DEFAULT-VALUE}).")
  private int steps = 100;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of the run (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the results go (default: ${DEFAULT-VALUE}).")
  private Path out = Path.of("dualprocess-demo");

  @Mixin private ThreadOptions threads;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    Prompt wanted = HorizonDemo.prompt(prompt, horizon);
    ModelSource<Generator> generatorSource = ModelSource.generator(BundledModels.NAME);
    ModelSource<Verifier> verifierSource = ModelSource.verifier(BundledModels.NAME);
    RunFolder folder = RunFolder.open(out);
    threads.apply();
    Console console = output.console();
    try (Generator generator = generatorSource.open(Placement.CPU);
        Verifier verifier = verifierSource.open(Placement.CPU)) {
      DistillSettings settings =
          HorizonDemo.settings(
              generator.defaultSampling().withSize(ImageSize.square(HorizonDemo.SIDE)),
              steps,
              seed);
      folder.writeOverlay(wanted, settings.sampling().size());
      folder.writeConfig(
          RunConfig.of(
              generatorSource,
              List.of(verifierSource),
              wanted,
              settings,
              spec.commandLine().getParseResult().originalArgs()));
      try (TrainingRun run =
          new TrainingRun(
              generator, verifier, wanted, settings, folder, console, CHECKPOINT_EVERY)) {
        new HorizonDemo(run, wanted, horizon, folder, console).run();
        return run.interrupted() ? Interrupt.EXIT_CODE : 0;
      }
    }
  }
}
