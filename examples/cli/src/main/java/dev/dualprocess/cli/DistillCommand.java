package dev.dualprocess.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.cli.bulk.ParentLine;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.models.EncodedPrompt;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.parallel.RankLostException;
import dev.dualprocess.parallel.Ranks;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.run.RunPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jline.utils.Signals;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Teaches a generator what a verifier wants to see. */
@Command(
    name = "distill",
    mixinStandardHelpOptions = true,
    description = "Teach a generator what a verifier wants to see; leaves a LoRA.")
final class DistillCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--evaluation-seeds",
      paramLabel = "K",
      description = "Unseen seeds drawn before and after (default: 8).")
  private int evaluationSeeds = 8;

  @Option(
      names = "--also",
      paramLabel = "TEXT",
      description =
          "Another text, trained in turn with --prompt under the same checks, so that what is learnt"
              + " carries over; may be given several times.")
  private List<String> also = new ArrayList<>();

  @Mixin private RunOptions options;
  @Mixin private ModelOptions models;
  @Mixin private CheckOptions checks;
  @Mixin private TrainingOptions training;
  @Mixin private RanksOptions ranks;
  @Mixin private SamplingOptions sampling;
  @Mixin private OpeningOptions opening;
  @Mixin private MemoryOptions memory;
  @Mixin private ThreadOptions threads;
  @Mixin private OutputOptions output;

  /**
   * What a run is about, of which all was judged that can be before anything is opened.
   *
   * @param prompts the one it is about, and others that are trained in turn with it
   * @param chosen whose models they are
   */
  record Asked(List<Prompt> prompts, ChosenModels chosen) {}

  @Override
  public Integer call() throws IOException {
    Asked asked = asked();
    return ranks.follows() ? follow(asked) : run(asked, LentModels.NONE, output.console());
  }

  /**
   * Judges the options.
   *
   * @throws IOException in one line, if a file cannot be read
   * @throws IllegalArgumentException in one line, if a value is out of range
   */
  Asked asked() throws IOException {
    ranks.check();
    training.sharedBy(ranks.size());
    ranks.device().ifPresent(models::bothOn);
    training.check();
    RunOptions.requireCount("--evaluation-seeds", evaluationSeeds);
    options.check();
    List<Prompt> prompts = new ArrayList<>(List.of(checks.prompt()));
    for (String text : also) {
      prompts.add(prompts.get(0).withText(text));
    }
    return new Asked(prompts, models.chosen(opening));
  }

  /** What was given, as it was read. */
  CommandSpec spec() {
    return spec;
  }

  /**
   * Carries it out.
   *
   * @return the exit code
   */
  int run(Asked asked, LentModels lender, RunListener watcher) throws IOException {
    ChosenModels chosen = asked.chosen();
    threads.apply(chosen.generator(), chosen.verifiers());
    if (!lender.has(chosen)) {
      memory.require(chosen.distilling(sampling.size(), training.rank()));
    }
    try (RunFolder folder = options.folder()) {
      Optional<Path> from =
          options.resume() && folder.hasCheckpoint()
              ? Optional.of(folder.checkpoint())
              : Optional.empty();
      try (RankProcesses processes =
          ranks.start(spec.commandLine().getParseResult().originalArgs(), from)) {
        int code = run(asked, lender, watcher, folder, processes);
        processes.finish();
        return code;
      }
    }
  }

  private int run(
      Asked asked,
      LentModels lender,
      RunListener watcher,
      RunFolder folder,
      RankProcesses processes)
      throws IOException {
    ChosenModels chosen = asked.chosen();
    try (RunModels opened = lender.open(chosen, texts(asked))) {
      RunPlan plan =
          new RunPlan(
              chosen.generator().named(),
              chosen.verifiers().stream().map(ModelSource::named).toList(),
              asked.prompts(),
              settings(opened.pair().generator()),
              evaluationSeeds,
              options.checkpointEvery());
      return new PlannedRun(plan, chosen, opened.pair(), folder, watcher, processes.ranks())
          .run(
              options.resume(),
              () -> options.requireNewRun(folder),
              spec.commandLine().getParseResult().originalArgs());
    } catch (RankLostException e) {
      throw processes.told(e);
    }
  }

  private DistillSettings settings(Generator generator) {
    return training.settings(sampling.over(generator), generator.defaultLearningRate());
  }

  /** Takes the steps of a run with the process that has its folder, and leaves nothing itself. */
  private int follow(Asked asked) throws IOException {
    Signals.register("INT", () -> {}); // Ctrl-C is the first one's, which says when to stop
    ParentLine.endWith(System.in);
    threads.apply();
    try (Ranks all = ranks.join();
        RunModels opened = LentModels.NONE.open(asked.chosen(), texts(asked))) {
      ModelPair pair = opened.pair();
      try (Distillation distillation =
              EncodedPrompt.distillation(
                      pair.generator(), pair.verifier(), pair.encoded(asked.prompts()))
                  .settings(settings(pair.generator()))
                  .ranks(all)
                  .start();
          Lora lora = distillation.lora()) {
        if (ranks.checkpoint().isPresent()) {
          distillation.resume(ranks.checkpoint().get());
        }
        distillation.run();
      }
    }
    return 0;
  }

  private static List<String> texts(Asked asked) {
    return asked.prompts().stream().map(Prompt::text).toList();
  }
}
