package dev.dualprocess.distill;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Slope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Against a Fourier transform written out, and against differences. */
class PatternPenaltyTest {
  private static final int SIDE = 4;
  private static final int HEIGHT = 12;
  private static final int WIDTH = 20;

  private static Tensor image() {
    return Noise.randn(3, 1, 3, HEIGHT, WIDTH);
  }

  private static Tensor bare() {
    return Noise.randn(4, 1, 3, HEIGHT, WIDTH);
  }

  @Test
  void isTheEnergyAtTheFrequenciesOfTheTokens() {
    Memory.freeing(
        () -> {
          float[] values = Ops.toFloats(image().sub(bare()));
          double energy = 0;
          for (int channel = 0; channel < 3; channel++) {
            for (int i = 0; i < SIDE; i++) {
              for (int j = 0; j < SIDE; j++) {
                energy +=
                    i + j == 0 ? 0 : power(values, channel, i * HEIGHT / SIDE, j * WIDTH / SIDE);
              }
            }
          }
          assertEquals(7 * energy / 3, new PatternPenalty(7, image(), bare(), SIDE).value(), 1e-6);
          return null;
        });
  }

  /** |Σ v e^(-2πi (f y / H + g x / W))|² / (H W)². */
  private static double power(float[] values, int channel, int f, int g) {
    double real = 0;
    double imaginary = 0;
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        double phase = 2 * Math.PI * ((double) f * y / HEIGHT + (double) g * x / WIDTH);
        double value = values[(channel * HEIGHT + y) * WIDTH + x];
        real += value * Math.cos(phase);
        imaginary -= value * Math.sin(phase);
      }
    }
    return (real * real + imaginary * imaginary) / Math.pow(HEIGHT * WIDTH, 2);
  }

  @Test
  void itsGradientIsThatOfItsValue() {
    Memory.freeing(
        () -> {
          Slope.assertOfSquareForm(
              x -> new PatternPenalty(7, x, bare(), SIDE).value(),
              image(),
              new PatternPenalty(7, image(), bare(), SIDE).gradient(),
              37,
              1e-5);
          return null;
        });
  }

  @Test
  void anEvenChangeOfColourIsNoPattern() {
    Memory.freeing(
        () -> {
          PatternPenalty penalty = new PatternPenalty(7, Ops.add(bare(), 0.3), bare(), SIDE);
          assertEquals(0, penalty.value(), 1e-9);
          assertArrayEquals(new float[3 * HEIGHT * WIDTH], Ops.toFloats(penalty.gradient()), 1e-8f);
          return null;
        });
  }
}
