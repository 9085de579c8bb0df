package dev.dualprocess.distill;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.Flow;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.tensor.Ops;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Where on the way from noise to image each draw takes its gradient. Step k takes the K draws from
 * k K on, one where nothing accumulates.
 */
final class Trajectory {
  private static final long RENOISE_SEEDS =
      1L << 32; // away from the run's own and evaluation's seeds

  private final Generator generator;
  private final DistillSettings settings;
  private final Sampling trained; // whose steps are trained
  private final FlowSchedule schedule; // of the trained steps
  private final List<Integer> sampledSteps; // i of each draw

  /**
   * The levels that a run of these settings trains.
   *
   * @param given i of each draw, or null for a draw from the run's seed
   * @throws IllegalArgumentException if one of them is no step of the schedule
   */
  Trajectory(Generator generator, DistillSettings settings, @Nullable List<Integer> given) {
    this.generator = generator;
    this.settings = settings;
    trained = trainedSampling();
    schedule = generator.trainingSchedule(trained);
    sampledSteps = given == null ? drawSteps() : given;
    int last = schedule.steps() - 1;
    if (sampledSteps.stream().anyMatch(i -> i < 0 || i > last)) {
      throw new IllegalArgumentException("sampled steps must be from 0 to " + last);
    }
  }

  private Sampling trainedSampling() {
    Sampling sampling = settings.sampling();
    return settings.scheme() == TrainingScheme.SAMPLED_STEP
        ? sampling
        : sampling.withSteps(generator.schedule(sampling).numTrainTimesteps());
  }

  /** i = ⌊u N⌋, u uniform in [0, 1); noise itself is learnt at its own level. */
  private List<Integer> drawSteps() {
    if (settings.optimised() == Optimised.LATENTS) {
      return Collections.nCopies(draws(), 0);
    }
    Random random = new Random(settings.seed());
    return IntStream.range(0, draws())
        .mapToObj(step -> schedule.stepAt(random.nextDouble()))
        .toList();
  }

  private int draws() {
    return settings.steps() * settings.accumulate();
  }

  /** The sampling whose steps are trained. */
  Sampling trained() {
    return trained;
  }

  /** σ, the noise level (t of the paper) that draw k trains. */
  double sigma(int k) {
    return schedule.sigma(sampledSteps.get(k));
  }

  /** Whether {@link #latents} of draw k takes passes of the generator. */
  boolean samples(int k) {
    return settings.optimised() != Optimised.LATENTS
        && (settings.scheme() != TrainingScheme.SAMPLED_STEP || sampledSteps.get(k) > 0);
  }

  /**
   * z_t of draw k, without gradient: i inference steps from the noise (eq. 2), or an image noised
   * again (eq. 1). Latents that are optimised are that noise themselves.
   */
  Tensor latents(Tensor eps, int k, Conditioning text) {
    if (settings.optimised() == Optimised.LATENTS) {
      return eps;
    }
    if (settings.scheme() == TrainingScheme.SAMPLED_STEP) {
      return generator.sample(eps, text, trained, sampledSteps.get(k));
    }
    Sampling sampling = settings.sampling();
    Tensor x0 = generator.sample(eps, text, sampling, sampling.numInferenceSteps());
    Tensor fresh = generator.noise(settings.seed() + RENOISE_SEEDS + k, 1, sampling.size());
    return Flow.interpolate(x0, Ops.toLike(fresh, x0), sigma(k));
  }

  /** Whose fault numbers in the picture of that noise are that are not finite. */
  String fault(Tensor eps, Conditioning text) {
    return generator
        .fault(eps, text, settings.sampling())
        .orElse("generator '%s' drew it so".formatted(generator.name()));
  }

  /** What draw k does with z_t. */
  Drafting drafting(int k, Conditioning text) {
    return new Drafting(generator, trained, sampledSteps.get(k), text);
  }
}
