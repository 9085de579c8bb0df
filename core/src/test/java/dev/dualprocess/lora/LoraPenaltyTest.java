package dev.dualprocess.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** ‖s BA‖² of a linear layer and of a convolution, against the product written out. */
class LoraPenaltyTest {
  private static final double SCALE = 1.5;
  private static final double WEIGHT = 0.3;

  /** Σ ‖s BA‖², each module's A [r, in] and B [out, r] as plain arrays. */
  private static double norm(float[] flat) {
    return product(flat, 0, 2, 3, 4) + product(flat, 2 * 3 + 4 * 2, 2, 5 * 9, 6);
  }

  private static double product(float[] flat, int at, int r, int in, int out) {
    int b = at + r * in;
    double sum = 0;
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        double entry = 0;
        for (int k = 0; k < r; k++) {
          entry += (double) flat[b + o * r + k] * flat[at + k * in + i];
        }
        sum += SCALE * SCALE * entry * entry;
      }
    }
    return sum;
  }

  @Test
  void valueAndGradientAreThoseOfTheProductWrittenOut() {
    try (PointerScope scope = new PointerScope()) {
      Lora lora =
          Lora.builder(SCALE)
              .put("linear", Noise.randn(1, 2, 3), Noise.randn(2, 4, 2))
              .put("conv", Noise.randn(3, 2, 5, 3, 3), Noise.randn(4, 6, 2, 1, 1))
              .build(Placement.CPU);
      Tensor gradient = lora.flatGradient();
      float[] flat = Ops.toFloats(lora.flat());
      assertEquals(WEIGHT * norm(flat), LoraPenalty.addGradient(lora, WEIGHT), 1e-3);
      float[] once = Ops.toFloats(gradient);
      for (int i = 0; i < flat.length; i++) {
        float kept = flat[i];
        float h = 1e-2f; // quartic in one entry at most squared: the central difference is exact
        flat[i] = kept + h;
        double up = norm(flat);
        flat[i] = kept - h;
        double down = norm(flat);
        flat[i] = kept;
        double slope = WEIGHT * (up - down) / (2 * h);
        assertEquals(slope, once[i], 2e-3 * Math.max(1, Math.abs(slope)), "entry " + i);
      }
      LoraPenalty.addGradient(lora, WEIGHT);
      assertEquals(2 * once[0], Ops.toFloats(gradient)[0], 1e-3, "it adds up");
      lora.close();
    }
  }
}
