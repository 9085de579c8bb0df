package dev.dualprocess.distill;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Slope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Against sums written out, and against differences. */
class TexturePenaltyTest {
  private static final int HEIGHT = 5;
  private static final int WIDTH = 7;

  private static Tensor noise(long seed) {
    return Noise.randn(seed, 1, 3, HEIGHT, WIDTH);
  }

  @Test
  void isTheMeanSquareOfTheChangesDifferences() {
    Memory.freeing(
        () -> {
          float[] change = Ops.toFloats(noise(1).sub(noise(2)));
          double sum = 0;
          for (int i = 0; i < change.length; i++) {
            if (i % WIDTH < WIDTH - 1) {
              sum += Math.pow(change[i + 1] - change[i], 2);
            }
            if (i / WIDTH % HEIGHT < HEIGHT - 1) {
              sum += Math.pow(change[i + WIDTH] - change[i], 2);
            }
          }
          assertEquals(
              7 * sum / change.length, new TexturePenalty(7, noise(1), noise(2)).value(), 1e-4);
          return null;
        });
  }

  @Test
  void anEvenChangeOfColourIsFree() {
    Memory.freeing(
        () -> {
          Tensor recoloured = Ops.add(noise(1), 0.4);
          assertEquals(0, new TexturePenalty(7, recoloured, noise(1)).value(), 1e-9);
          return null;
        });
  }

  @Test
  void itsGradientIsThatOfItsValue() {
    Memory.freeing(
        () -> {
          Slope.assertOfSquareForm(
              x -> new TexturePenalty(7, x, noise(2)).value(),
              noise(1),
              new TexturePenalty(7, noise(1), noise(2)).gradient(),
              1,
              1e-4);
          return null;
        });
  }
}
