package dev.dualprocess.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.cli.latents.LatentComparison;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.run.RunConfig;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.tensor.PeakMemory;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Optimises one seed's noise, and weights on the same seed, and compares what they cost. */
@Command(
    name = "compare-latents",
    mixinStandardHelpOptions = true,
    description =
        "Optimise the noise of a seed, and weights on the same seed; compare what they cost, and"
            + " use the weights on new seeds and prompts.")
final class CompareLatentsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--new-prompt",
      paramLabel = "TEXT",
      description = "Another text that the learnt weights are tried on; any number of them.")
  private List<String> newPrompts = new ArrayList<>();

  @Option(
      names = "--new-seeds",
      paramLabel = "K",
      description = "Unseen seeds that the learnt weights are tried on (default: 4).")
  private int newSeeds = 4;

  @Mixin private ResultsOptions out;

  @Mixin private OpeningOptions opening;
  @Mixin private ModelOptions models;
  @Mixin private CheckOptions checks;
  @Mixin private TrainingOptions training;
  @Mixin private LatentOptions latents;
  @Mixin private SamplingOptions sampling;
  @Mixin private ThreadOptions threads;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    training.check();
    RunOptions.requireCount("--new-seeds", newSeeds);
    Prompt prompt = checks.prompt();
    ModelSource<Generator> generatorSource = models.generator();
    List<ModelSource<Verifier>> verifierSources = models.verifiers();
    Placement generatorPlace = models.generatorPlace();
    Placement verifierPlace = models.verifierPlace();
    threads.apply(generatorSource, verifierSources);
    Console console = output.console();
    try (RunFolder folder = out.open();
        Generator generator = generatorSource.open(opening.at(generatorPlace));
        Verifier verifier = ModelSource.openVerifier(verifierSources, opening.at(verifierPlace))) {
      // Both sides see the noise of one seed, over and over.
      DistillSettings weights =
          training.settings(sampling.over(generator), generator.defaultLearningRate()).withSeeds(1);
      DistillSettings noise =
          latents.settings(training.preset(), weights.sampling(), weights.steps(), weights.seed());
      folder.writeConfig(
          RunConfig.of(
              generatorSource,
              verifierSources,
              List.of(prompt),
              weights,
              spec.commandLine().getParseResult().originalArgs()));
      PeakMemory memory = PeakMemory.of(generatorPlace, verifierPlace);
      new LatentComparison(generator, verifier, prompt, folder, console, memory)
          .run(noise, weights, newSeeds, newPrompts);
      return 0;
    }
  }
}
