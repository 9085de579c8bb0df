package dev.dualprocess;

import java.util.Objects;

/**
 * How a loss is taken from a verifier's answers. A verifier that has no tokens or takes images of
 * any size may ignore what does not concern it.
 *
 * @param reduction over the tokens of one answer
 * @param resizing of the image to a size the model takes
 */
public record VqaSettings(Reduction reduction, Resizing resizing) {
  /** Eq. 4 of the paper as it stands, and every image shown in its own aspect ratio. */
  public static final VqaSettings DEFAULT = new VqaSettings(Reduction.SUM, Resizing.PROCESSOR);

  /** What the authors' code does: the mean over an answer's tokens, and their own resizing. */
  public static final VqaSettings AUTHORS = new VqaSettings(Reduction.MEAN, Resizing.AUTHORS);

  /** What becomes of the log probabilities of one answer's tokens. */
  public enum Reduction {
    /** -Σ log p(aᵢ): the probability of the whole answer. */
    SUM,
    /** The mean instead, so that long answers weigh no more than short ones. */
    MEAN
  }

  /** How an image is brought to a size the model takes. */
  public enum Resizing {
    /**
     * What the model's own image processor does, within its limits; correct for any size and aspect
     * ratio.
     */
    PROCESSOR,
    /**
     * What the authors do: bilinear without antialiasing, down to the next smaller size that fits.
     */
    AUTHORS
  }

  /** Refuses null. */
  public VqaSettings {
    Objects.requireNonNull(reduction, "reduction");
    Objects.requireNonNull(resizing, "resizing");
  }
}
