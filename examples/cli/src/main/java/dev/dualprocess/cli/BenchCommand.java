package dev.dualprocess.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.Verifier;
import dev.dualprocess.cli.bench.Bench;
import dev.dualprocess.cli.bench.BenchResult;
import dev.dualprocess.cli.bench.LatentBench;
import dev.dualprocess.cli.bench.TextBench;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.cli.latents.PriceTable;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.models.ModelPair;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.profile.Clock;
import dev.dualprocess.tensor.PeakMemory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.VqaVerifier;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures optimisation steps: time, memory and operations by part. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measure optimisation steps: time, memory and operations by part.")
final class BenchCommand implements Callable<Integer> {
  @Option(
      names = "--generator",
      paramLabel = "DIR",
      description = "A model directory, 'tiny', or a hub id (default: tiny).")
  private String generatorName = "tiny";

  @Option(
      names = "--verifier",
      paramLabel = "DIR",
      description = "The same, or a plug-in's name (default: tiny).")
  private String verifierName = "tiny";

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Measured optimisation steps (default: 8).")
  private int steps = 8;

  @Option(names = "--warm-up", paramLabel = "N", description = "Steps before those (default: 2).")
  private int warmUps = 2;

  @Option(
      names = "--checks",
      paramLabel = "N",
      description = "Questions about each image (default: 1).")
  private int checks = 1;

  @Option(names = "--rank", paramLabel = "R", description = "Rank of the LoRA (default: 16).")
  private int rank = 16;

  @Option(
      names = "--latents",
      description =
          "Also measure steps in the noise of a seed, and compare what 100 steps cost there and in"
              + " weights (table 2 of the paper).")
  private boolean latents;

  @Option(
      names = "--text",
      paramLabel = "N",
      description =
          "Measure a free answer of the verifier of N tokens instead, with its cache of keys and"
              + " values and without.")
  private @Nullable Integer text;

  @Option(
      names = "--thread-time",
      description =
          "Count the processor's time instead of the clock's: for one thread on a busy machine.")
  private boolean threadTime;

  @Mixin private SamplingOptions sampling;
  @Mixin private DownloadOptions download;
  @Mixin private PlacementOptions placement;
  @Mixin private OpeningOptions opening;
  @Mixin private ThreadOptions threads;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    if (steps < 1 || warmUps < 0 || checks < 1) {
      throw new IllegalArgumentException(
          "--steps and --checks must be at least 1, --warm-up at least 0");
    }
    RunOptions.requireCount("--steps", steps);
    RunOptions.requireCount("--warm-up", Math.max(1, warmUps));
    RunOptions.requireCount("--checks", checks);
    if (latents && checks != 1) {
      throw new IllegalArgumentException("--latents compares with one question: leave --checks 1");
    }
    if (text != null) {
      return measureText(text);
    }
    ModelSource<Generator> generatorSource = download.generator(generatorName);
    ModelSource<Verifier> verifierSource = download.verifier(verifierName);
    Placement where = placement.placement();
    threads.apply();
    Console console = output.console();
    try (ModelPair pair =
        ModelPair.open(
            generatorSource,
            opening.at(where).withoutTextCache(), // encoding is part of what is measured
            List.of(Bench.TEXT),
            List.of(verifierSource),
            opening.at(where))) {
      measure(pair, where, console);
    }
    return 0;
  }

  private void measure(ModelPair pair, Placement where, Console console) {
    Generator generator = pair.generator();
    Verifier verifier = pair.verifier();
    Sampling how = sampling.over(generator);
    DistillSettings settings =
        DistillSettings.paper(how)
            .withSteps(steps)
            .withLora(new LoraSettings(rank, 5.0 * rank, LoraSettings.Init.KAIMING_UNIFORM));
    Clock clock = threadTime ? Clock.THREAD : Clock.WALL;
    // Before the weights, whose peak would else be in what the process keeps.
    LatentBench noise =
        latents
            ? new LatentBench(generator, verifier, settings, warmUps, clock, PeakMemory.of(where))
            : null;
    BenchResult result =
        new Bench(generator, verifier, where, where)
            .run(pair.texts().get(0), settings, checks, warmUps, clock);
    console.say(
        "%s with %s, %s px, %s on %s, rank %d, %d check(s)",
        generator.name(),
        verifier.name(),
        how.size(),
        where.dtype().shortName(),
        where.device(),
        rank,
        checks);
    result.print(console);
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("generator", generatorName);
    event.put("verifier", verifierName);
    event.put("size", List.of(how.size().width(), how.size().height()));
    event.put("dtype", where.dtype().shortName());
    event.put("device", where.device());
    event.put("rank", rank);
    event.put("checks", checks);
    event.putAll(result.toMap());
    if (noise != null) {
      PriceTable table = noise.against(result);
      table.lines().forEach(line -> console.say("%s", line));
      event.put("latentsAndWeights", table.toMap());
    }
    console.event("bench", event);
  }

  private int measureText(int tokens) throws IOException {
    if (tokens < 1) {
      throw new IllegalArgumentException("--text must be at least 1, not " + tokens);
    }
    RunOptions.requireCount("--text", tokens);
    ModelSource<Verifier> source = download.verifier(verifierName);
    Placement where = placement.placement();
    threads.apply();
    Console console = output.console();
    try (Verifier verifier = source.open(opening.at(where))) {
      if (!(verifier instanceof VqaVerifier vqa)) {
        throw new IllegalArgumentException(
            verifierName + ": this verifier only judges images, it has no words");
      }
      TextBench.Result result = TextBench.run(vqa.model(), tokens);
      console.say(
          "%d tokens after %d: %.3f s with the cache, %.3f s without, %.1f times faster; %d the same",
          result.newTokens(),
          result.promptTokens(),
          result.cachedSeconds(),
          result.anewSeconds(),
          result.speedUp(),
          result.sameTokens());
      console.event("text", result.toMap());
    }
    return 0;
  }
}
