package dev.dualprocess.augment;

import dev.dualprocess.config.Counts;
import java.util.SplittableRandom;

/**
 * How far an image is disturbed at random before a verifier sees it, so that no answer can hang on
 * single pixels. Each is the largest possible; 0 leaves it out.
 *
 * @param shift along each axis, as a part of the side, below 1
 * @param crop how much of the sides is cut away before the rest is stretched to the old size, below
 *     1
 * @param blur standard deviation of a Gaussian, in pixels
 * @param noise standard deviation of Gaussian noise, values being in [-1, 1]; not at random but
 *     always this
 */
public record Augmentation(double shift, double crop, double blur, double noise) {
  /** Images as they are. */
  public static final Augmentation NONE = new Augmentation(0, 0, 0, 0);

  private static final double MOST = 1000; // pixels, or standard deviations of all there is

  /** Checks the ranges. */
  public Augmentation {
    require(shift >= 0 && shift < 1, "shift", shift);
    require(crop >= 0 && crop < 1, "crop", crop);
    require(blur >= 0 && Double.isFinite(blur), "blur", blur);
    Counts.requireAtMost("blur", blur, MOST);
    require(noise >= 0 && Double.isFinite(noise), "noise", noise);
    Counts.requireAtMost("noise", noise, MOST);
  }

  private static void require(boolean holds, String what, double value) {
    if (!holds) {
      throw new IllegalArgumentException("an augmentation's " + what + " cannot be " + value);
    }
  }

  /** What becomes of one image: the same for the same seed, on every machine. */
  public Disturbance draw(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double kept = 1 - crop * random.nextDouble();
    Disturbance.Axis rows = axis(random, kept);
    Disturbance.Axis columns = axis(random, kept);
    return new Disturbance(rows, columns, blur * random.nextDouble(), noise, random.nextLong());
  }

  private Disturbance.Axis axis(SplittableRandom random, double kept) {
    double start = (1 - kept) * random.nextDouble() + shift * (2 * random.nextDouble() - 1);
    return new Disturbance.Axis(start, kept);
  }
}
