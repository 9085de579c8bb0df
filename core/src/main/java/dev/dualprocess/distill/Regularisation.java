package dev.dualprocess.distill;

import dev.dualprocess.Generator;
import dev.dualprocess.VelocityGenerator;
import dev.dualprocess.augment.Augmentation;
import dev.dualprocess.config.Counts;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What keeps a run from finding an image that only its verifier likes. The paper has none of it.
 *
 * <pre>
 *   L' = L(augmented image) + loraPenalty · Σ ‖s BA‖² + driftPenalty · mean (x̂₀ - x̂₀ without LoRA)²
 *        + texturePenalty · mean |∇(x̂₀ - x̂₀ without LoRA)|² + patternPenalty · E(x̂₀ - x̂₀ without LoRA)
 *        + velocityPenalty · mean (û - û without LoRA)²
 *   L' = L(augmented image) + shellPenalty · (‖z‖² / 2 - (n - 1) log ‖z‖)        of latents z
 * </pre>
 *
 * @param augmentation of the image the verifier is shown, visual prompt included, anew at every
 *     step
 * @param loraPenalty on the change of the weights
 * @param driftPenalty on the change of the image; it and the next two take one more pass of the
 *     generator together
 * @param texturePenalty on the change of the differences between neighbouring pixels: colours may
 *     change as a whole, what is drawn may not
 * @param patternPenalty on E, the energy of the change at the frequencies of the generator's token
 *     grid ({@link Generator#tokenSide()}): of what changes alike in every token
 * @param velocityPenalty on the change of the velocity at the latents that are trained; takes one
 *     more pass of the transformer and decodes nothing, of generators that have a velocity ({@link
 *     VelocityGenerator})
 * @param shellPenalty on latents that are optimised, which keeps them as long as noise of n
 *     dimensions is (used for the same purpose in ReNO, arXiv 2406.04312)
 * @param earlyStop when it is enough
 */
public record Regularisation(
    Augmentation augmentation,
    double loraPenalty,
    double driftPenalty,
    double texturePenalty,
    double patternPenalty,
    double velocityPenalty,
    double shellPenalty,
    EarlyStop earlyStop) {
  /** None of it, as in the paper. */
  public static final Regularisation NONE =
      new Regularisation(Augmentation.NONE, 0, 0, 0, 0, 0, 0, EarlyStop.NEVER);

  private static final double MOST_WEIGHT = 1e6;

  /** Checks the ranges. */
  public Regularisation {
    Objects.requireNonNull(augmentation, "augmentation");
    Objects.requireNonNull(earlyStop, "earlyStop");
    require(loraPenalty, "LoRA");
    require(driftPenalty, "image drift");
    require(texturePenalty, "image texture");
    require(patternPenalty, "pattern of tokens");
    require(velocityPenalty, "velocity");
    require(shellPenalty, "length of the latents");
  }

  /**
   * That every penalty has something to be on.
   *
   * @throws IllegalArgumentException in one line, if one has not
   */
  void requireFits(Optimised optimised) {
    boolean ofWeights = loraPenalty > 0 || comparesWithBareImage() || velocityPenalty > 0;
    if (optimised == Optimised.LATENTS && ofWeights) {
      throw new IllegalArgumentException(
          "penalties on the change of weights, image and velocity are for runs that optimise weights");
    }
    if (optimised == Optimised.WEIGHTS && shellPenalty > 0) {
      throw new IllegalArgumentException(
          "the penalty on the length of latents is for runs that optimise latents");
    }
  }

  /** Whether it needs the image without the LoRA: one more pass of the generator. */
  boolean comparesWithBareImage() {
    return driftPenalty > 0 || texturePenalty > 0 || patternPenalty > 0;
  }

  private static void require(double weight, String what) {
    if (!(weight >= 0) || Double.isInfinite(weight)) {
      throw new IllegalArgumentException(
          "the penalty on the " + what + " must be a number of at least 0, not " + weight);
    }
    Counts.requireAtMost("the penalty on the " + what, weight, MOST_WEIGHT);
  }

  /** This regularisation with another augmentation of what the verifier is shown. */
  public Regularisation withAugmentation(Augmentation newAugmentation) {
    return with(all -> all.augmentation = newAugmentation);
  }

  /** This regularisation with another weight of the penalty on the change of the weights. */
  public Regularisation withLoraPenalty(double penalty) {
    return with(all -> all.loraPenalty = penalty);
  }

  /** This regularisation with another weight of the penalty on the change of the image. */
  public Regularisation withDriftPenalty(double penalty) {
    return with(all -> all.driftPenalty = penalty);
  }

  /**
   * This regularisation with another weight of the penalty on the change of the image's texture.
   */
  public Regularisation withTexturePenalty(double penalty) {
    return with(all -> all.texturePenalty = penalty);
  }

  /** This regularisation with another weight of the penalty on a pattern of tokens. */
  public Regularisation withPatternPenalty(double penalty) {
    return with(all -> all.patternPenalty = penalty);
  }

  /** This regularisation with another weight of the penalty on the change of the velocity. */
  public Regularisation withVelocityPenalty(double penalty) {
    return with(all -> all.velocityPenalty = penalty);
  }

  /** This regularisation with another weight of the penalty on the length of latents. */
  public Regularisation withShellPenalty(double penalty) {
    return with(all -> all.shellPenalty = penalty);
  }

  /** This regularisation with another early stop. */
  public Regularisation withEarlyStop(EarlyStop newEarlyStop) {
    return with(all -> all.earlyStop = newEarlyStop);
  }

  private Regularisation with(Consumer<Components> change) {
    Components all = new Components(this);
    change.accept(all);
    return all.regularisation();
  }

  /** All components, to be changed before they are checked together. */
  private static final class Components {
    private Augmentation augmentation;
    private double loraPenalty;
    private double driftPenalty;
    private double texturePenalty;
    private double patternPenalty;
    private double velocityPenalty;
    private double shellPenalty;
    private EarlyStop earlyStop;

    Components(Regularisation from) {
      augmentation = from.augmentation;
      loraPenalty = from.loraPenalty;
      driftPenalty = from.driftPenalty;
      texturePenalty = from.texturePenalty;
      patternPenalty = from.patternPenalty;
      velocityPenalty = from.velocityPenalty;
      shellPenalty = from.shellPenalty;
      earlyStop = from.earlyStop;
    }

    Regularisation regularisation() {
      return new Regularisation(
          augmentation,
          loraPenalty,
          driftPenalty,
          texturePenalty,
          patternPenalty,
          velocityPenalty,
          shellPenalty,
          earlyStop);
    }
  }
}
