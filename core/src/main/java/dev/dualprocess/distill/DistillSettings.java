package dev.dualprocess.distill;

import dev.dualprocess.Sampling;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.overlay.PresentationSettings;
import dev.dualprocess.vqa.VqaSettings;
import java.util.Objects;

/**
 * Everything a run is made of besides its models and its prompt.
 *
 * @param steps optimisation steps, at least 1
 * @param seeds n, how many noise seeds they go round, at least 1
 * @param seed of the run: noise, sampled steps and the adapter's start all follow from it
 * @param lora the adapter that is trained
 * @param adam the optimizer
 * @param sampling how the generator is sampled, in training and afterwards
 * @param presentation how images are handed to the verifier
 * @param vqa how the loss is taken
 * @param scheme where on the way from noise to image the gradient is taken
 * @param regularisation what keeps the run from pleasing its verifier alone
 */
public record DistillSettings(
    int steps,
    int seeds,
    long seed,
    LoraSettings lora,
    AdamSettings adam,
    Sampling sampling,
    PresentationSettings presentation,
    VqaSettings vqa,
    TrainingScheme scheme,
    Regularisation regularisation) {
  private static final int PAPER_STEPS = 100;
  private static final int PAPER_SEEDS = 100;
  private static final int PAPER_RANK = 16;
  // lora_alpha 8 (peft's default) times adapter weight 5.
  private static final double AUTHORS_ALPHA = 40;

  /** Checks the ranges. */
  public DistillSettings {
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
  }

  /** Without any regularisation, as in the paper. */
  public DistillSettings(
      int steps,
      int seeds,
      long seed,
      LoraSettings lora,
      AdamSettings adam,
      Sampling sampling,
      PresentationSettings presentation,
      VqaSettings vqa,
      TrainingScheme scheme) {
    this(steps, seeds, seed, lora, adam, sampling, presentation, vqa, scheme, Regularisation.NONE);
  }

  /** The paper's text: rank 16, alpha = 5 · rank, plain correctness everywhere. */
  public static DistillSettings paper(Sampling sampling) {
    return new DistillSettings(
        PAPER_STEPS,
        PAPER_SEEDS,
        0,
        new LoraSettings(PAPER_RANK, 5.0 * PAPER_RANK, LoraSettings.Init.KAIMING_UNIFORM),
        AdamSettings.PAPER,
        sampling,
        PresentationSettings.DEFAULT,
        VqaSettings.DEFAULT,
        TrainingScheme.SAMPLED_STEP);
  }

  /** The authors' code, in every point where it differs from their paper. */
  public static DistillSettings authors(Sampling sampling) {
    return new DistillSettings(
        PAPER_STEPS,
        PAPER_SEEDS,
        0,
        new LoraSettings(PAPER_RANK, AUTHORS_ALPHA, LoraSettings.Init.GAUSSIAN),
        AdamSettings.PAPER,
        sampling.withShift(Sampling.Shift.STATIC),
        PresentationSettings.AUTHORS,
        VqaSettings.AUTHORS,
        TrainingScheme.SAMPLED_STEP);
  }

  /** The same with another number of steps. */
  public DistillSettings withSteps(int newSteps) {
    return new DistillSettings(
        newSteps, seeds, seed, lora, adam, sampling, presentation, vqa, scheme, regularisation);
  }

  /** The same with another number of noise seeds. */
  public DistillSettings withSeeds(int newSeeds) {
    return new DistillSettings(
        steps, newSeeds, seed, lora, adam, sampling, presentation, vqa, scheme, regularisation);
  }

  /** The same with another seed. */
  public DistillSettings withSeed(long newSeed) {
    return new DistillSettings(
        steps, seeds, newSeed, lora, adam, sampling, presentation, vqa, scheme, regularisation);
  }

  /** The same with another adapter. */
  public DistillSettings withLora(LoraSettings newLora) {
    return new DistillSettings(
        steps, seeds, seed, newLora, adam, sampling, presentation, vqa, scheme, regularisation);
  }

  /** The same with another scheme. */
  public DistillSettings withScheme(TrainingScheme newScheme) {
    return new DistillSettings(
        steps, seeds, seed, lora, adam, sampling, presentation, vqa, newScheme, regularisation);
  }

  /** The same with another learning rate. */
  public DistillSettings withLearningRate(double rate) {
    return new DistillSettings(
        steps,
        seeds,
        seed,
        lora,
        adam.withLearningRate(rate),
        sampling,
        presentation,
        vqa,
        scheme,
        regularisation);
  }

  /** The same with another regularisation. */
  public DistillSettings withRegularisation(Regularisation newRegularisation) {
    return new DistillSettings(
        steps, seeds, seed, lora, adam, sampling, presentation, vqa, scheme, newRegularisation);
  }
}
