package dev.dualprocess.nn;

import static dev.dualprocess.nn.Reference.assertGradient;
import static dev.dualprocess.nn.Reference.assertNear;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RmsNormTest {
  private static final double EPS = 1e-3;

  @Property(tries = 25)
  void isThePlainNorm(
      @ForAll @IntRange(min = 1, max = 6) int rows, @ForAll @IntRange(min = 1, max = 40) int dim) {
    try (PointerScope scope = new PointerScope()) {
      Tensor weight = Noise.randn(1, dim);
      Tensor x = Noise.randn(2, 2, rows, dim);
      Tensor y = new RmsNorm(weight, EPS).forward(x);
      assertNear(Reference.rmsNorm(Reference.values(x), weight, EPS), y, 1e-6);
    }
  }

  /** Without eps, only the direction counts. */
  @Property(tries = 15)
  void lengthDoesNotMatter(@ForAll @IntRange(min = -30, max = 30) int tenths) {
    try (PointerScope scope = new PointerScope()) {
      RmsNorm norm = new RmsNorm(Noise.randn(1, 8), 0);
      Tensor x = Noise.randn(2, 3, 8);
      Reference.assertNear(
          norm.forward(x), norm.forward(Ops.mul(x, Math.pow(10, tenths / 10.0))), 1e-6);
    }
  }

  @Test
  void gradientsAgreeWithFiniteDifferences() {
    try (PointerScope scope = new PointerScope()) {
      assertGradient("x", new RmsNorm(Noise.randn(1, 6), EPS)::forward, Noise.randn(2, 3, 6));
    }
  }

  /** The division in fp32: squares that fp16 does not hold; one rounding after it, one after w. */
  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "FLOAT16"})
  void halfPrecisionIsRoundedTwice(Dtype dtype) {
    try (PointerScope scope = new PointerScope()) {
      Tensor weight = Noise.randn(1, 64).to(dtype.scalarType());
      Tensor x = Ops.mul(Noise.randn(2, 5, 64), 1000).to(dtype.scalarType());
      Tensor y = new RmsNorm(weight, EPS).forward(x);
      assertEquals(dtype, Dtype.of(y));
      double ulp = dtype == Dtype.BFLOAT16 ? 1.0 / 256 : 1.0 / 2048;
      double[] wanted = Reference.rmsNorm(Reference.values(x), weight, EPS);
      double[] found = Reference.values(y);
      for (int i = 0; i < wanted.length; i++) {
        assertEquals(wanted[i], found[i], 2.1 * ulp * Math.abs(wanted[i]) + 1e-6);
      }
    }
  }
}
