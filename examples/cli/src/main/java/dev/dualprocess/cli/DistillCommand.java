package dev.dualprocess.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.cli.console.Interrupt;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.DistillationException;
import dev.dualprocess.distill.DivergedException;
import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.distill.StepReport;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.run.Comparison;
import dev.dualprocess.run.RunConfig;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.TrainingRun;
import dev.dualprocess.run.UnratedRun;
import dev.dualprocess.tensor.NotFiniteException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
  @Mixin private SamplingOptions sampling;
  @Mixin private OpeningOptions opening;
  @Mixin private MemoryOptions memory;
  @Mixin private ThreadOptions threads;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    training.check();
    RunOptions.requireCount("--evaluation-seeds", evaluationSeeds);
    options.check();
    List<Prompt> prompts = new ArrayList<>(List.of(checks.prompt()));
    for (String text : also) {
      prompts.add(prompts.get(0).withText(text));
    }
    ChosenModels chosen = models.chosen(opening);
    threads.apply();
    memory.require(chosen.distilling(sampling.size(), training.rank()));
    Console console = output.console();
    try (RunFolder folder = options.folder();
        ModelPair pair = chosen.open(prompts.stream().map(Prompt::text).toList())) {
      Generator generator = pair.generator();
      DistillSettings settings =
          training.settings(sampling.over(generator), generator.defaultLearningRate());
      try (TrainingRun run =
          new TrainingRun(
              generator,
              pair.verifier(),
              pair.encoded(prompts),
              settings,
              folder,
              console,
              options.checkpointEvery())) {
        options.requireNewRun(folder); // after all input was judged
        if (options.resume()) {
          run.resume();
        }
        folder.writeOverlay(prompts.get(0), settings.sampling().size());
        folder.writeConfig(
            RunConfig.of(
                chosen.generator(),
                chosen.verifiers(),
                prompts,
                settings,
                spec.commandLine().getParseResult().originalArgs()));
        try {
          return run(run, prompts.get(0).text(), folder, console);
        } catch (DivergedException e) {
          throw RunOptions.withAdvice(e, "--learning-rate", settings.adam().learningRate());
        }
      }
    }
  }

  private int run(TrainingRun run, String text, RunFolder folder, Console console)
      throws IOException {
    List<Rated> before = run.evaluate(evaluationSeeds);
    run.distil();
    Comparison comparison;
    try (Attachment learnt = run.attach()) {
      comparison = Comparison.ofBoth(text, true, before, run.evaluate(before.size()));
    } catch (NotFiniteException | DistillationException e) {
      throw new UnratedRun(run, folder, before, results(run, List.of())).keep(e);
    }
    run.writeImages(comparison);
    folder.writeBeforeAfter(comparison.picture());
    Map<String, Object> results = results(run, List.of(comparison.toMap()));
    folder.writeResults(results);
    console.event("done", results);
    console.say(
        "Probability on %d unseen seeds: %.3f -> %.3f. Results are in %s",
        comparison.after().size(),
        Comparison.probability(comparison.before()),
        Comparison.probability(comparison.after()),
        folder.path());
    return run.interrupted() ? Interrupt.EXIT_CODE : 0;
  }

  private Map<String, Object> results(TrainingRun run, List<Map<String, Object>> evaluations) {
    List<StepReport> reports = run.reports();
    int round = Math.min(reports.size(), run.trainingSeeds());
    Map<String, Object> results = new LinkedHashMap<>();
    results.put("task", "distill");
    results.put("steps", reports.size());
    results.put("interrupted", run.interrupted());
    results.put("stoppedEarly", run.stoppedEarly());
    results.put("secondsDistilling", run.seconds());
    results.put("meanLossFirstRound", meanLoss(reports.subList(0, round)));
    results.put(
        "meanLossLastRound", meanLoss(reports.subList(reports.size() - round, reports.size())));
    results.put("evaluations", evaluations);
    return results;
  }

  /** Mean loss over one round of the training seeds. */
  private static @Nullable Double meanLoss(List<StepReport> reports) {
    return reports.isEmpty()
        ? null
        : reports.stream().mapToDouble(StepReport::loss).average().orElseThrow();
  }
}
