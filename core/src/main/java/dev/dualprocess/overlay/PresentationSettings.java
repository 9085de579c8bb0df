package dev.dualprocess.overlay;

import java.util.Objects;

/**
 * How an image is handed from the generator's side to the verifier's.
 *
 * @param range how its values are brought to [-1, 1]
 * @param transposedSize whether it is squeezed into a picture as wide as it is high and as high as
 *     it is wide
 */
public record PresentationSettings(Range range, boolean transposedSize) {
  /** Values as they are, sides as they are. */
  public static final PresentationSettings DEFAULT = new PresentationSettings(Range.FIXED, false);

  /** The authors' code: min-max over the overlaid image, width and height swapped. */
  public static final PresentationSettings AUTHORS = new PresentationSettings(Range.MIN_MAX, true);

  /** How values are brought to [-1, 1]. */
  public enum Range {
    /** By the fixed bounds -1 and 1, which is to leave them as they are. */
    FIXED,
    /**
     * Values beyond -1 and 1 become those, as in any picture that is saved; through them flows no
     * gradient.
     */
    CLAMPED,
    /**
     * The smallest value of the whole tensor becomes -1 and the largest 1; gradient flows through
     * both.
     */
    MIN_MAX
  }

  /** Checks that there is a range. */
  public PresentationSettings {
    Objects.requireNonNull(range, "range");
  }
}
