package dev.dualprocess.cli.bench;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Verifier;
import dev.dualprocess.cli.latents.OnePass;
import dev.dualprocess.cli.latents.Price;
import dev.dualprocess.cli.latents.PriceTable;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.profile.Clock;
import dev.dualprocess.profile.Profiler;
import dev.dualprocess.tensor.PeakMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * Table 2 of arXiv 2506.01955 from a few steps of either kind: what an optimisation of {@value
 * #STEPS} steps costs in the noise of a seed and in weights.
 */
public final class LatentBench {
  /** Steps of the optimisation that the table is about. */
  public static final int STEPS = 100;

  private static final int PASSES = 5;

  private final Generator generator;
  private final Verifier verifier;
  private final DistillSettings settings;
  private final int warmUps;
  private final Clock clock;
  private final Price noise;

  /** Measures steps in the noise; as many as {@code settings} say, after a few more. */
  public LatentBench(
      Generator generator,
      Verifier verifier,
      DistillSettings settings,
      int warmUps,
      Clock clock,
      PeakMemory memory) {
    this.generator = generator;
    this.verifier = verifier;
    this.settings = settings;
    this.warmUps = warmUps;
    this.clock = clock;
    this.noise = measure(memory);
  }

  private Price measure(PeakMemory memory) {
    DistillSettings latents = settings.ofLatents().withSteps(settings.steps() + warmUps);
    Profiler profiler = new Profiler(memory, clock);
    List<Double> seconds = new ArrayList<>();
    List<Double> probabilities = new ArrayList<>();
    long peak = 0;
    try (Distillation optimisation =
        Distillation.of(generator, verifier, Bench.prompt(1)).settings(latents).start()) {
      for (int i = 0; i < latents.steps(); i++) {
        probabilities.add(profiler.measure(optimisation::step).probability());
        if (i >= warmUps) {
          seconds.add(profiler.profile().secondsOfStep());
          peak = Math.max(peak, profiler.profile().peakBytesOfStep());
        }
      }
    }
    double steps = STEPS * BenchResult.median(seconds);
    double pass;
    try (Conditioning text = generator.condition(Bench.TEXT)) {
      pass = OnePass.seconds(generator, text, settings.sampling(), PASSES, clock);
    }
    return new Price(
        peak,
        steps,
        steps + pass,
        probabilities.get(0),
        probabilities.get(probabilities.size() - 1));
  }

  /** The table, with what was measured of weights of the same settings and one question. */
  public PriceTable against(BenchResult weights) {
    double pass;
    try (Conditioning text = generator.condition(Bench.TEXT);
        Lora lora = generator.loraTargets().create(settings.lora(), settings.seed());
        Attachment attached = generator.loraTargets().attach(lora, 1.0)) {
      pass = OnePass.seconds(generator, text, settings.sampling(), PASSES, clock);
    }
    List<Double> losses = weights.losses();
    return new PriceTable(
        noise,
        new Price(
            weights.peakBytesOfStep(),
            STEPS * weights.secondsPerStep(),
            pass,
            Math.exp(-losses.get(0)),
            Math.exp(-losses.get(losses.size() - 1))));
  }
}
