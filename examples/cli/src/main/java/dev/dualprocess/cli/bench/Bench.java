package dev.dualprocess.cli.bench;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.profile.Clock;
import dev.dualprocess.profile.Part;
import dev.dualprocess.profile.Profile;
import dev.dualprocess.profile.Profiler;
import dev.dualprocess.tensor.PeakMemory;
import dev.dualprocess.tensor.Placement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Measures optimisation steps of a generator and a verifier. */
public final class Bench {
  /** What the generator is asked to draw. */
  public static final String TEXT = "a photo of a lake below mountains";

  private final Generator generator;
  private final Verifier verifier;
  private final Placement placement;
  private final Placement verifierPlacement;

  /** Measures models that stay the caller's, there where they are. */
  public Bench(
      Generator generator, Verifier verifier, Placement placement, Placement verifierPlacement) {
    this.generator = generator;
    this.verifier = verifier;
    this.placement = placement;
    this.verifierPlacement = verifierPlacement;
  }

  /**
   * Runs steps after a few that do not count.
   *
   * @param text {@link #TEXT} as the generator encoded it; becomes this run's
   * @param settings whose number of steps is how many are measured
   * @param checks questions about each image
   */
  public BenchResult run(
      Conditioning text, DistillSettings settings, int checks, int warmUps, Clock clock) {
    double peakBefore = MatrixProductPeak.measure(placement, clock);
    PeakMemory memory = PeakMemory.of(placement, verifierPlacement);
    long weights = memory.bytesNow();
    Profiler profiler = new Profiler(memory, clock);
    List<Profile> profiles = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    MemoryUse use = new MemoryUse(memory);
    try (Distillation distillation =
        Distillation.of(generator, verifier, prompt(checks))
            .conditioning(text)
            .settings(settings.withSteps(settings.steps() + warmUps))
            .start()) {
      for (int i = 0; i < settings.steps() + warmUps; i++) {
        losses.add(profiler.measure(distillation::step).loss());
        if (i >= warmUps) {
          profiles.add(profiler.profile());
          use.afterStep(profiles.size());
        }
      }
      distillation.lora().close();
    }
    double peakAfter = MatrixProductPeak.measure(placement, clock);
    return new BenchResult(
        medians(profiles),
        steps(profiles),
        profiles.get(0).flops(),
        peaks(profiles),
        weights,
        Math.max(peakBefore, peakAfter),
        losses.subList(warmUps, losses.size()),
        use.read());
  }

  /** What is measured: one text, and so many questions about it. */
  static Prompt prompt(int checks) {
    Prompt prompt = Prompt.of(TEXT);
    for (int i = 0; i < checks; i++) {
      prompt = prompt.check("Is there a red line at height " + i + "?", "Yes");
    }
    return prompt;
  }

  private static Map<Part, Double> medians(List<Profile> profiles) {
    Map<Part, Double> medians = new EnumMap<>(Part.class);
    for (Part part : Part.values()) {
      medians.put(
          part,
          BenchResult.median(
              profiles.stream().map(p -> p.seconds().getOrDefault(part, 0.0)).toList()));
    }
    return medians;
  }

  private static List<Double> steps(List<Profile> profiles) {
    return profiles.stream().map(Profile::secondsOfStep).toList();
  }

  private static Map<Part, Long> peaks(List<Profile> profiles) {
    Map<Part, Long> peaks = new EnumMap<>(Part.class);
    profiles.forEach(p -> p.peakBytes().forEach((part, b) -> peaks.merge(part, b, Math::max)));
    return peaks;
  }
}
