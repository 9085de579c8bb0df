package dev.dualprocess;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.image.ImageSize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How an image is sampled. */
class SamplingTest {
  private static final Sampling FOUR =
      new Sampling(ImageSize.square(64), 4, 3.5, Sampling.Shift.PUBLISHED);

  @Test
  void onePartChangesAtATime() {
    assertEquals(
        new Sampling(new ImageSize(32, 48), 4, 3.5, Sampling.Shift.PUBLISHED),
        FOUR.withSize(new ImageSize(32, 48)));
    assertEquals(
        new Sampling(ImageSize.square(64), 1, 3.5, Sampling.Shift.PUBLISHED), FOUR.withSteps(1));
    assertEquals(
        new Sampling(ImageSize.square(64), 4, 0, Sampling.Shift.PUBLISHED), FOUR.withGuidance(0));
    assertEquals(
        new Sampling(ImageSize.square(64), 4, 3.5, Sampling.Shift.STATIC),
        FOUR.withShift(Sampling.Shift.STATIC));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void lessThanOneStepIsRefused(int steps) {
    assertRefused(
        IllegalArgumentException.class, () -> FOUR.withSteps(steps), "inference steps", steps);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY})
  void guidanceThatIsNoStrengthIsRefused(double scale) {
    assertRefused(
        IllegalArgumentException.class, () -> FOUR.withGuidance(scale), "guidance scale", scale);
  }
}
