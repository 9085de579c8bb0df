package dev.dualprocess.cli;

import dev.dualprocess.Prompt;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.parallel.Ranks;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.RunPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Goes on with a distillation that was stopped or killed, as its own folder says. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description =
        "Go on with a distillation that was stopped or killed, of 'distill' or of the studio; all"
            + " that was asked for is in its folder.")
final class ResumeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The run's folder.")
  private Path folder;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Optimisation steps in all (default: as it was asked for).")
  private @Nullable Integer steps;

  @Option(
      names = "--learning-rate",
      paramLabel = "LR",
      description = "Adam's, from here on (default: as it was asked for).")
  private @Nullable Double learningRate;

  @Mixin private PlacementOptions placement;
  @Mixin private DownloadOptions download;
  @Mixin private OpeningOptions opening;
  @Mixin private MemoryOptions memory;
  @Mixin private ThreadOptions threads;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    RunPlan plan = RunPlan.read(folder);
    plan = plan.withSettings(changed(plan.settings()));
    ChosenModels chosen =
        new ChosenModels(
            download.generator(plan.generator()),
            opening.at(placement.placement()),
            download.verifiers(plan.verifiers()),
            opening.at(placement.placement()));
    threads.apply(chosen.generator(), chosen.verifiers());
    memory.require(
        chosen.distilling(
            Optional.of(plan.settings().sampling().size()), plan.settings().lora().rank()));
    try (RunFolder opened = RunFolder.open(folder)) {
      opened.requireRoomForRun();
      try (ModelPair pair = chosen.open(plan.prompts().stream().map(Prompt::text).toList())) {
        return new PlannedRun(plan, chosen, pair, opened, output.console(), Ranks.ALONE)
            .run(true, () -> {}, spec.commandLine().getParseResult().originalArgs());
      }
    }
  }

  private DistillSettings changed(DistillSettings settings) {
    DistillSettings longer = steps == null ? settings : settings.withSteps(steps);
    return learningRate == null ? longer : longer.withLearningRate(learningRate);
  }
}
