package dev.dualprocess.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.cli.console.Interrupt;
import dev.dualprocess.cli.demo.Demo;
import dev.dualprocess.cli.demo.DemoSettings;
import dev.dualprocess.cli.demo.DemoTask;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.run.RunConfig;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.TrainingRun;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tiny.BundledModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The main job on the bundled tiny models: teaches a control and measures it. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description =
        "Teach the bundled tiny models a control, by default the horizon at a red line, on the CPU.")
final class DemoCommand implements Callable<Integer> {
  private static final int CHECKPOINT_EVERY = 50;

  @Spec private CommandSpec spec;

  @Mixin private DemoTaskOptions task;

  @Option(
      names = "--prompt",
      description = "The generator's text (default: one that suits the task).")
  private @Nullable String prompt;

  @Option(
      names = "--answer",
      paramLabel = "Yes|No",
      description = "The wanted answer; No makes it move away (default: ${DEFAULT-VALUE}).")
  private String answer = "Yes";

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Optimisation steps (default: as many as suit the task).")
  private @Nullable Integer steps;

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

  @Option(names = "--overwrite", description = "Replace the results of another demo in --out.")
  private boolean overwrite;

  @Option(
      names = "--models",
      paramLabel = "DIR",
      description = "Models that 'train-tiny' wrote, in place of the bundled ones.")
  private @Nullable Path models;

  @Mixin private ThreadOptions threads;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    DemoTask wanted = task.task();
    String text = prompt == null ? wanted.defaultPrompt() : prompt;
    Prompt asked = wanted.prompt(text, answer);
    List<Prompt> lessons = wanted.lessons(text, answer);
    ModelSource<Generator> generatorSource = ModelSource.generator(named("tiny-flux"));
    ModelSource<Verifier> verifierSource = ModelSource.verifier(named("tiny-qwen2.5-vl"));
    threads.apply();
    Console console = output.console();
    LoadOptions here = LoadOptions.at(Placement.CPU);
    try (RunFolder folder = RunFolder.open(out);
        ModelPair pair =
            ModelPair.open(
                generatorSource,
                here,
                lessons.stream().map(Prompt::text).toList(),
                List.of(verifierSource),
                here)) {
      folder.requireRoomForRun();
      Generator generator = pair.generator();
      DemoSettings taught = DemoSettings.of(wanted);
      DistillSettings settings =
          (steps == null ? taught : taught.withSteps(steps))
              .distillation(generator.defaultSampling(), seed);
      Map<String, Object> config =
          RunConfig.of(
              generatorSource,
              List.of(verifierSource),
              lessons,
              settings,
              spec.commandLine().getParseResult().originalArgs());
      requireSameDemo(folder, config);
      if (overwrite) {
        folder.removeEarlierRun();
      }
      folder.writeOverlay(asked, settings.sampling().size());
      folder.writeConfig(config);
      try (TrainingRun run =
          new TrainingRun(
              generator,
              pair.verifier(),
              pair.encoded(lessons),
              settings,
              folder,
              console,
              CHECKPOINT_EVERY)) {
        new Demo(wanted, run, asked, settings.steps(), folder, console).run();
        return run.interrupted() ? Interrupt.EXIT_CODE : 0;
      }
    }
  }

  /** The same demo once more gives the same results; another one would take their place. */
  private void requireSameDemo(RunFolder folder, Map<String, Object> config) throws IOException {
    if (!overwrite && folder.hasResults()) {
      try {
        folder.requireSameConfig(config, List.of("version", "commandLine"));
      } catch (IOException e) {
        throw new IOException(
            out + ": holds the results of another demo; choose another --out, or add --overwrite",
            e);
      }
    }
  }

  private String named(String folder) {
    return models == null ? BundledModels.NAME : models.resolve(folder).toString();
  }
}
