package dev.dualprocess.distill;

import dev.dualprocess.Sampling;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.config.Counts;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.overlay.PresentationSettings;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Everything a run is made of besides its models and its prompt.
 *
 * @param optimised what is changed: weights, or the noise of one seed
 * @param steps optimisation steps, at least 1
 * @param seeds n, how many noise seeds they go round, at least 1; latents have one
 * @param accumulate K, how many draws of seed and noise level, each with its pass and gradient, one
 *     step takes the mean of, at least 1; latents have one
 * @param seed of the run: noise, sampled steps and the adapter's start all follow from it; the seed
 *     whose noise is changed, where latents are optimised
 * @param lora the adapter that is trained, where weights are optimised
 * @param adam the optimizer
 * @param sampling how the generator is sampled, in training and afterwards
 * @param presentation how images are handed to the verifier
 * @param vqa how the loss is taken
 * @param scheme where on the way from noise to image the gradient is taken
 * @param regularisation what keeps the run from pleasing its verifier alone
 */
public record DistillSettings(
    Optimised optimised,
    int steps,
    int seeds,
    int accumulate,
    long seed,
    LoraSettings lora,
    AdamSettings adam,
    Sampling sampling,
    PresentationSettings presentation,
    VqaSettings vqa,
    TrainingScheme scheme,
    Regularisation regularisation) {
  private static final int MOST_STEPS = 1_000_000;
  private static final int MOST_SEEDS = 100_000;
  private static final int PAPER_STEPS = 100;
  private static final int PAPER_SEEDS = 100;
  private static final int PAPER_RANK = 16;
  // lora_alpha 8 (peft's default) times adapter weight 5.
  private static final double AUTHORS_ALPHA = 40;

  /**
   * Noise is of size 1 where weights are of size 0.05: it takes a thousand times their learning
   * rate to get as far in as many steps.
   */
  private static final double LATENTS_LEARNING_RATE = 0.05;

  /** Checks the ranges. */
  public DistillSettings {
    Objects.requireNonNull(optimised, "optimised");
    Objects.requireNonNull(lora, "lora");
    Objects.requireNonNull(adam, "adam");
    Objects.requireNonNull(sampling, "sampling");
    Objects.requireNonNull(presentation, "presentation");
    Objects.requireNonNull(vqa, "vqa");
    Objects.requireNonNull(scheme, "scheme");
    Objects.requireNonNull(regularisation, "regularisation");
    if (steps < 1) {
      throw new IllegalArgumentException("steps must be at least 1, not " + steps);
    }
    if (seeds < 1) {
      throw new IllegalArgumentException("seeds must be at least 1, not " + seeds);
    }
    if (accumulate < 1) {
      throw new IllegalArgumentException(
          "a step accumulates at least 1 gradient, not " + accumulate);
    }
    Counts.requireAtMost("steps", steps, MOST_STEPS);
    Counts.requireAtMost("steps times accumulate", (long) steps * accumulate, MOST_STEPS);
    Counts.requireAtMost("seeds", seeds, MOST_SEEDS);
    if (optimised == Optimised.LATENTS && scheme != TrainingScheme.SAMPLED_STEP) {
      throw new IllegalArgumentException("latents are optimised at the noise itself alone");
    }
    if (optimised == Optimised.LATENTS && seeds > 1) {
      throw new IllegalArgumentException("latents are those of one seed, not of " + seeds);
    }
    if (optimised == Optimised.LATENTS && accumulate > 1) {
      throw new IllegalArgumentException("latents have one gradient a step: nothing accumulates");
    }
    regularisation.requireFits(optimised);
  }

  /** The paper's text: rank 16, alpha = 5 · rank, plain correctness everywhere. */
  public static DistillSettings paper(Sampling sampling) {
    return new DistillSettings(
        Optimised.WEIGHTS,
        PAPER_STEPS,
        PAPER_SEEDS,
        1,
        0,
        new LoraSettings(PAPER_RANK, 5.0 * PAPER_RANK, LoraSettings.Init.KAIMING_UNIFORM),
        AdamSettings.PAPER,
        sampling,
        PresentationSettings.DEFAULT,
        VqaSettings.DEFAULT,
        TrainingScheme.SAMPLED_STEP,
        Regularisation.NONE);
  }

  /** The authors' code, in every point where it differs from their paper. */
  public static DistillSettings authors(Sampling sampling) {
    Objects.requireNonNull(sampling, "sampling");
    return paper(sampling.withShift(Sampling.Shift.STATIC))
        .withLora(new LoraSettings(PAPER_RANK, AUTHORS_ALPHA, LoraSettings.Init.GAUSSIAN))
        .withPresentation(PresentationSettings.AUTHORS)
        .withVqa(VqaSettings.AUTHORS);
  }

  /**
   * These settings for the noise of {@link #seed()} in place of weights, at a learning rate of
   * 0.05.
   */
  public DistillSettings ofLatents() {
    return with(
        all -> {
          all.optimised = Optimised.LATENTS;
          all.seeds = 1;
          all.accumulate = 1;
          all.adam = adam.withLearningRate(LATENTS_LEARNING_RATE);
          all.scheme = TrainingScheme.SAMPLED_STEP;
        });
  }

  /** These settings with another learning rate. */
  public DistillSettings withLearningRate(double rate) {
    return withAdam(adam.withLearningRate(rate));
  }

  /** These settings with another number of optimisation steps. */
  public DistillSettings withSteps(int newSteps) {
    return with(all -> all.steps = newSteps);
  }

  /** These settings with another number n of noise seeds. */
  public DistillSettings withSeeds(int newSeeds) {
    return with(all -> all.seeds = newSeeds);
  }

  /** These settings with another number K of draws that a step takes the mean of. */
  public DistillSettings withAccumulate(int newAccumulate) {
    return with(all -> all.accumulate = newAccumulate);
  }

  /** These settings with another seed of the run. */
  public DistillSettings withSeed(long newSeed) {
    return with(all -> all.seed = newSeed);
  }

  /** These settings with an adapter of another shape or start. */
  public DistillSettings withLora(LoraSettings newLora) {
    return with(all -> all.lora = newLora);
  }

  /** These settings with another optimizer's. */
  public DistillSettings withAdam(AdamSettings newAdam) {
    return with(all -> all.adam = newAdam);
  }

  /** These settings with another sampling, in training and afterwards. */
  public DistillSettings withSampling(Sampling newSampling) {
    return with(all -> all.sampling = newSampling);
  }

  /** These settings with images handed to the verifier in another way. */
  public DistillSettings withPresentation(PresentationSettings newPresentation) {
    return with(all -> all.presentation = newPresentation);
  }

  /** These settings with another way to take the loss of an answer. */
  public DistillSettings withVqa(VqaSettings newVqa) {
    return with(all -> all.vqa = newVqa);
  }

  /** These settings with the gradient taken elsewhere on the way from noise to image. */
  public DistillSettings withScheme(TrainingScheme newScheme) {
    return with(all -> all.scheme = newScheme);
  }

  /** These settings with another regularisation. */
  public DistillSettings withRegularisation(Regularisation newRegularisation) {
    return with(all -> all.regularisation = newRegularisation);
  }

  private DistillSettings with(Consumer<Components> change) {
    Components all = new Components(this);
    change.accept(all);
    return all.settings();
  }

  /** All components, to be changed before they are checked together. */
  private static final class Components {
    private Optimised optimised;
    private int steps;
    private int seeds;
    private int accumulate;
    private long seed;
    private LoraSettings lora;
    private AdamSettings adam;
    private Sampling sampling;
    private PresentationSettings presentation;
    private VqaSettings vqa;
    private TrainingScheme scheme;
    private Regularisation regularisation;

    Components(DistillSettings from) {
      optimised = from.optimised;
      steps = from.steps;
      seeds = from.seeds;
      accumulate = from.accumulate;
      seed = from.seed;
      lora = from.lora;
      adam = from.adam;
      sampling = from.sampling;
      presentation = from.presentation;
      vqa = from.vqa;
      scheme = from.scheme;
      regularisation = from.regularisation;
    }

    DistillSettings settings() {
      return new DistillSettings(
          optimised,
          steps,
          seeds,
          accumulate,
          seed,
          lora,
          adam,
          sampling,
          presentation,
          vqa,
          scheme,
          regularisation);
    }
  }
}
