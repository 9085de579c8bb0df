package dev.dualprocess.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Scale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Eq. 1, 2 and 5 in plain arithmetic, and how they belong together. */
class FlowTest {
  private static final int N = 24;

  @Property(tries = 100)
  void eachEquationIsWhatThePaperSays(
      @ForAll long seed,
      @ForAll @DoubleRange(min = 0, max = 1) @Scale(6) double t,
      @ForAll @DoubleRange(min = 0, max = 1) @Scale(6) double next) {
    try (PointerScope scope = new PointerScope()) {
      Tensor z = Noise.randn(seed, 2, N / 2);
      Tensor u = Noise.randn(seed + 1, 2, N / 2);
      float[] zs = Ops.toFloats(z);
      float[] us = Ops.toFloats(u);
      float[] mixed = Ops.toFloats(Flow.interpolate(z, u, t));
      float[] stepped = Ops.toFloats(Flow.step(z, u, t, next));
      float[] clean = Ops.toFloats(Flow.cleanEstimate(z, u, t));
      for (int i = 0; i < N; i++) {
        assertEquals((1 - t) * zs[i] + t * us[i], mixed[i], 2e-6);
        assertEquals(zs[i] + us[i] * (next - t), stepped[i], 2e-6);
        assertEquals(zs[i] - us[i] * t, clean[i], 2e-6);
      }
    }
  }

  /** The true velocity is ε - x₀: along it every point of the line sees the same image. */
  @Property(tries = 100)
  void alongTheTrueVelocityTheImageIsSeenFromEverywhere(
      @ForAll long seed,
      @ForAll @DoubleRange(min = 0, max = 1) @Scale(6) double t,
      @ForAll @DoubleRange(min = 0, max = 1) @Scale(6) double next) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x0 = Noise.randn(seed, N);
      Tensor eps = Noise.randn(seed + 1, N);
      Tensor velocity = eps.sub(x0);
      Tensor zt = Flow.interpolate(x0, eps, t);
      float[] image = Ops.toFloats(x0);
      assertArrayEquals(image, Ops.toFloats(Flow.cleanEstimate(zt, velocity, t)), 5e-6f);
      assertArrayEquals(image, Ops.toFloats(Flow.step(zt, velocity, t, 0)), 5e-6f);
      assertArrayEquals(
          Ops.toFloats(Flow.interpolate(x0, eps, next)),
          Ops.toFloats(Flow.step(zt, velocity, t, next)),
          5e-6f);
    }
  }

  /** 256 + 1.003 is 258 in bf16, but 256 where 1.003 was rounded to bf16 before. */
  @Test
  void aStepIsTakenInSinglePrecisionAndGivenBackInTheLatentsType() {
    try (PointerScope scope = new PointerScope()) {
      Tensor z = Ops.floats(new float[] {256}, 1).to(ScalarType.BFloat16);
      Tensor u = Ops.floats(new float[] {-2}, 1).to(ScalarType.BFloat16);
      Tensor next = Flow.step(z, u, 1, 0.4985);
      assertEquals(Dtype.BFLOAT16, Dtype.of(next));
      assertEquals(258, Ops.toFloats(next)[0]);
    }
  }
}
