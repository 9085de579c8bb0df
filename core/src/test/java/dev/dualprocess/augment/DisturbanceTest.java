package dev.dualprocess.augment;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** What is done to an image, pixel by pixel in plain Java, and its gradient. */
class DisturbanceTest {
  private static final int H = 6;
  private static final int W = 8;

  private static Tensor image() {
    return Noise.randn(5, 1, 3, H, W);
  }

  private static float[] apply(Disturbance disturbance) {
    return Memory.freeing(() -> Ops.toFloats(disturbance.apply(image())));
  }

  private static float[] original() {
    return Memory.freeing(() -> Ops.toFloats(image()));
  }

  private static double at(float[] x, int c, int row, int column) {
    int r = Math.max(0, Math.min(H - 1, row));
    return x[(c * H + r) * W + Math.max(0, Math.min(W - 1, column))];
  }

  @Test
  void noneLeavesTheImageAsItIs() {
    assertArrayEquals(original(), apply(Disturbance.NONE), 0);
    assertArrayEquals(original(), apply(Augmentation.NONE.draw(7)), 0);
  }

  @Test
  void aShiftMovesPixelsAndRepeatsTheEdge() {
    float[] x = original();
    float[] y = apply(Disturbance.shift(2.0 / H, -3.0 / W)); // two down, three to the left
    for (int c = 0; c < 3; c++) {
      for (int row = 0; row < H; row++) {
        for (int column = 0; column < W; column++) {
          assertEquals(at(x, c, row - 2, column + 3), at(y, c, row, column), 1e-5);
        }
      }
    }
  }

  @Test
  void aBlurIsTheGaussianMeanOfTheNeighbours() {
    double sigma = 0.8;
    float[] x = original();
    float[] y = apply(Disturbance.blur(sigma));
    for (int row = 0; row < H; row++) {
      for (int column = 0; column < W; column++) {
        double sum = 0;
        double weights = 0;
        for (int dy = -3; dy <= 3; dy++) {
          for (int dx = -3; dx <= 3; dx++) {
            double weight = Math.exp(-(dy * dy + dx * dx) / (2 * sigma * sigma));
            sum += weight * at(x, 1, row + dy, column + dx);
            weights += weight;
          }
        }
        assertEquals(sum / weights, at(y, 1, row, column), 1e-5, row + ", " + column);
      }
    }
  }

  @Test
  void aCropStretchesItsWindow() {
    // The middle half of 8 columns: each of them becomes two, blended with its neighbour.
    Disturbance middle =
        new Disturbance(Disturbance.Axis.WHOLE, new Disturbance.Axis(0.25, 0.5), 0, 0, 0);
    float[] x = original();
    float[] y = apply(middle);
    for (int column = 0; column < W; column++) {
      double place = 2 + (column + 0.5) / 2 - 0.5;
      int left = (int) Math.floor(place);
      double fraction = place - left;
      double wanted = (1 - fraction) * at(x, 2, 3, left) + fraction * at(x, 2, 3, left + 1);
      assertEquals(wanted, at(y, 2, 3, column), 1e-5, "column " + column);
    }
  }

  @Test
  void noiseIsAsStrongAsAskedAndTheSameForTheSameSeed() {
    Disturbance noise = Disturbance.noise(0.25, 9);
    double square =
        Memory.freeing(
            () -> {
              Tensor flat = Ops.mul(Noise.randn(1, 1, 3, 64, 64), 0);
              return noise.apply(flat).square().mean().item_double();
            });
    assertEquals(0.25, Math.sqrt(square), 0.01);
    assertArrayEquals(apply(noise), apply(Disturbance.noise(0.25, 9)), 0);
    assertNotEquals(apply(noise)[0], apply(Disturbance.noise(0.25, 10))[0]);
  }

  /** ⟨A x, g⟩ = ⟨x, Aᵀ g⟩ for whatever linear map was drawn. */
  @Property(tries = 25)
  void theGradientIsTheTransposedMap(
      @ForAll @LongRange(min = 0) long seed,
      @ForAll @DoubleRange(min = 0, max = 0.4) double shift,
      @ForAll @DoubleRange(min = 0, max = 0.6) double crop,
      @ForAll @DoubleRange(min = 0, max = 2) double blur) {
    try (PointerScope scope = new PointerScope()) {
      Disturbance drawn = new Augmentation(shift, crop, blur, 0).draw(seed);
      Tensor x = Ops.leaf(image());
      Tensor g = Noise.randn(6, 1, 3, H, W);
      Tensor y = drawn.apply(x);
      double forward = y.detach().mul(g).sum().item_double();
      double scale = Math.max(1, y.detach().norm().item_double());
      if (y.requires_grad()) {
        Ops.backward(y, g);
        double back = x.detach().mul(x.grad()).sum().item_double();
        assertEquals(forward, back, 1e-4 * scale);
      }
      assertTrue(drawn.blur() <= blur);
      assertTrue(1 - drawn.rows().length() <= crop + 1e-12);
      assertTrue(drawn.rows().start() >= -shift - 1e-12);
      assertTrue(drawn.rows().start() + drawn.rows().length() <= 1 + shift + 1e-12);
      assertEquals(drawn, new Augmentation(shift, crop, blur, 0).draw(seed));
    }
  }

  @Test
  void neighbouringSeedsDrawDifferently() {
    Augmentation all = new Augmentation(0.2, 0.2, 1, 0);
    double sum = 0;
    for (long seed = 0; seed < 1000; seed++) {
      sum += all.draw(seed).blur() / 1000;
    }
    assertEquals(0.5, sum, 0.03);
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertRefused(IllegalArgumentException.class, () -> new Augmentation(1, 0, 0, 0), "shift", "1");
    assertRefused(IllegalArgumentException.class, () -> new Augmentation(0, -1, 0, 0), "crop");
    assertRefused(
        IllegalArgumentException.class, () -> new Augmentation(0, 0, Double.NaN, 0), "blur");
    assertRefused(IllegalArgumentException.class, () -> new Augmentation(0, 0, 0, -2), "noise");
  }
}
