package dev.dualprocess.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.cli.console.Interrupt;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.DivergedException;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.run.Comparison;
import dev.dualprocess.run.RunConfig;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.run.Teaching;
import dev.dualprocess.run.TrainingRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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
        RunPlan plan =
            new RunPlan(
                chosen.generator().named(),
                chosen.verifiers().stream().map(ModelSource::named).toList(),
                prompts,
                settings,
                evaluationSeeds,
                options.checkpointEvery());
        folder.writeConfig(
            RunConfig.of(
                plan,
                chosen.generator(),
                chosen.verifiers(),
                folder,
                spec.commandLine().getParseResult().originalArgs()));
        try {
          return run(run, plan, folder, console);
        } catch (DivergedException e) {
          throw RunOptions.withAdvice(e, "--learning-rate", settings.adam().learningRate());
        }
      }
    }
  }

  private int run(TrainingRun run, RunPlan plan, RunFolder folder, Console console)
      throws IOException {
    Comparison comparison = new Teaching(plan, run, folder, console).teach();
    console.say(
        "Probability on %d unseen seeds: %.3f -> %.3f. Results are in %s",
        comparison.after().size(),
        Comparison.probability(comparison.before()),
        Comparison.probability(comparison.after()),
        folder.path());
    return run.interrupted() ? Interrupt.EXIT_CODE : 0;
  }
}
