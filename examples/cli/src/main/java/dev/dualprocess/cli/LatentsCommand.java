package dev.dualprocess.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Sampling;
import dev.dualprocess.cli.TrainingOptions.Preset;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.cli.console.Interrupt;
import dev.dualprocess.cli.latents.LatentImages;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.DivergedException;
import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.run.RunConfig;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.TrainingRun;
import java.io.IOException;
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

/** Changes the noise of one seed until a verifier sees what it wants. */
@Command(
    name = "latents",
    mixinStandardHelpOptions = true,
    description = "Change the noise of one seed until a verifier sees what it wants.")
final class LatentsCommand implements Callable<Integer> {
  private static final Sampling ANY =
      new Sampling(ImageSize.square(1), 1, 0, Sampling.Shift.PUBLISHED);

  @Spec private CommandSpec spec;

  @Option(names = "--steps", paramLabel = "N", description = "Optimisation steps (default: 100).")
  private @Nullable Integer steps;

  @Option(names = "--seed", paramLabel = "S", description = "Whose noise is changed (default: 0).")
  private long seed;

  @Option(
      names = "--preset",
      paramLabel = "paper|authors",
      description = "The paper's text, or the authors' code where it differs (default: paper).")
  private Preset preset = Preset.PAPER;

  @Mixin private RunOptions options;
  @Mixin private OpeningOptions opening;
  @Mixin private MemoryOptions memory;
  @Mixin private ModelOptions models;
  @Mixin private CheckOptions checks;
  @Mixin private LatentOptions latents;
  @Mixin private SamplingOptions sampling;
  @Mixin private ThreadOptions threads;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    latents.settings(preset, ANY, steps, seed); // judged before anything is loaded
    options.check();
    Prompt prompt = checks.prompt();
    ChosenModels chosen = models.chosen(opening);
    threads.apply(chosen.generator(), chosen.verifiers());
    memory.require(chosen.distilling(sampling.size(), 0));
    Console console = output.console();
    try (RunFolder folder = options.folder();
        ModelPair pair = chosen.open(List.of(prompt.text()))) {
      Generator generator = pair.generator();
      DistillSettings settings = latents.settings(preset, sampling.over(generator), steps, seed);
      try (TrainingRun run =
          new TrainingRun(
              generator,
              pair.verifier(),
              pair.encoded(List.of(prompt)),
              settings,
              folder,
              console,
              options.checkpointEvery())) {
        options.requireNewRun(folder); // after all input was judged
        Rated before = run.rateLatents();
        if (options.resume()) {
          run.resume();
        }
        folder.writeOverlay(prompt, settings.sampling().size());
        folder.writeConfig(
            RunConfig.of(
                chosen.generator(),
                chosen.verifiers(),
                List.of(prompt),
                settings,
                spec.commandLine().getParseResult().originalArgs()));
        try {
          run.distil();
        } catch (DivergedException e) {
          throw RunOptions.withAdvice(e, "--latent-learning-rate", settings.adam().learningRate());
        }
        Rated after = run.rateLatents();
        new LatentImages(generator, settings.sampling(), prompt.text(), folder)
            .write(before, after);
        report(run, before, after, folder, console);
        return run.interrupted() ? Interrupt.EXIT_CODE : 0;
      }
    }
  }

  private void report(TrainingRun run, Rated before, Rated after, RunFolder folder, Console console)
      throws IOException {
    Map<String, Object> results = new LinkedHashMap<>();
    results.put("task", "latents");
    results.put("steps", run.reports().size());
    results.put("interrupted", run.interrupted());
    results.put("secondsOptimising", run.seconds());
    results.put("relativeLengthOfNoise", run.relativeLength());
    results.put("seed", seed);
    results.put("probabilityBefore", before.probability());
    results.put("probabilityAfter", after.probability());
    results.put("lossBefore", before.loss());
    results.put("lossAfter", after.loss());
    folder.writeResults(results);
    console.event("done", results);
    console.say(
        "Probability on seed %d: %.3f -> %.3f in %.1f s; the noise is %.2f times as long as usual."
            + " Results are in %s",
        seed,
        before.probability(),
        after.probability(),
        run.seconds(),
        run.relativeLength(),
        folder.path());
  }
}
