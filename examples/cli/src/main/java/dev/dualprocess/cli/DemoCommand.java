package dev.dualprocess.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.cli.console.Interrupt;
import dev.dualprocess.cli.demo.DemoIndex;
import dev.dualprocess.cli.demo.DemoLesson;
import dev.dualprocess.cli.demo.DemoOutcome;
import dev.dualprocess.cli.demo.DemoTask;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tiny.BundledModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    List<DemoTask> tasks = task.tasks();
    if (tasks.size() > 1 && prompt != null) {
      throw new IllegalArgumentException("--prompt goes with one task, not with all");
    }
    ModelSource<Generator> generatorSource = ModelSource.generator(named("tiny-flux"));
    ModelSource<Verifier> verifierSource = ModelSource.verifier(named("tiny-qwen2.5-vl"));
    threads.apply(generatorSource, List.of(verifierSource));
    Console console = output.console();
    LoadOptions here = LoadOptions.at(Placement.CPU);
    try (ModelPair pair =
        ModelPair.open(generatorSource, here, List.of(), List.of(verifierSource), here)) {
      DemoLesson lesson =
          new DemoLesson(
              generatorSource,
              verifierSource,
              pair,
              steps,
              seed,
              overwrite,
              spec.commandLine().getParseResult().originalArgs(),
              console);
      List<DemoOutcome> outcomes = new ArrayList<>();
      for (DemoTask each : tasks) {
        Path folder = tasks.size() == 1 ? out : out.resolve(each.name());
        DemoOutcome outcome =
            lesson.teach(each, each.prompt(text(each), answer), lessons(each), folder);
        if (outcome.interrupted()) {
          return Interrupt.EXIT_CODE;
        }
        outcomes.add(outcome);
      }
      if (tasks.size() > 1) {
        new DemoIndex(outcomes).write(out);
        console.say("All of them are shown in %s", out.resolve(DemoIndex.PAGE));
      }
      return 0;
    }
  }

  private String text(DemoTask of) {
    return prompt == null ? of.defaultPrompt() : prompt;
  }

  private List<Prompt> lessons(DemoTask of) {
    return of.lessons(text(of), answer);
  }

  private String named(String folder) {
    return models == null ? BundledModels.NAME : models.resolve(folder).toString();
  }
}
