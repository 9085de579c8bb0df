package dev.dualprocess.nn;

import static dev.dualprocess.nn.Reference.assertGradient;
import static dev.dualprocess.nn.Reference.assertNear;
import static dev.dualprocess.nn.Reference.assertSame;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/** Pairs of values as complex numbers that are turned. */
class RotaryEmbeddingTest {
  private static final double THETA = 10_000;

  /** Of the positions from {@code first} on, for heads of {@code dim}. */
  static RotaryEmbedding at(int first, int count, int dim) {
    float[] positions = new float[count];
    for (int i = 0; i < count; i++) {
      positions[i] = first + i;
    }
    Tensor frequencies = RotaryEmbedding.inverseFrequencies(dim, THETA);
    return RotaryEmbedding.ofAngles(Ops.floats(positions, count, 1).mul(frequencies));
  }

  /** (x₁ + i x₂) e^{i p θ^(-2k/D)} of x [..., L, D], x₁ and x₂ the k-th values of both halves. */
  static double[] turned(double[] x, int first, int length, int dim) {
    int half = dim / 2;
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int k = i % dim % half;
      int row = i - i % dim;
      double angle = (first + i / dim % length) / Math.pow(THETA, 2.0 * k / dim);
      double re = x[row + k];
      double im = x[row + half + k];
      y[i] =
          i % dim < half
              ? re * Math.cos(angle) - im * Math.sin(angle)
              : re * Math.sin(angle) + im * Math.cos(angle);
    }
    return y;
  }

  @Property(tries = 25)
  void turnsPairsByTheirAngles(
      @ForAll @IntRange(max = 300) int first,
      @ForAll @IntRange(min = 1, max = 6) int length,
      @ForAll @IntRange(min = 1, max = 8) int half) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Noise.randn(1, 3, length, 2L * half);
      Tensor y = at(first, length, 2 * half).apply(x);
      assertNear(turned(Reference.values(x), first, length, 2 * half), y, 2e-5);
    }
  }

  @Property(tries = 25)
  void keepsTheLengthOfEveryPair(@ForAll @IntRange(max = 5000) int first) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Noise.randn(1, 4, 8);
      Tensor y = at(first, 4, 8).apply(x);
      assertNear(lengths(x), lengths(y), 1e-6);
    }
  }

  private static Tensor lengths(Tensor x) {
    Tensor[] half = Ops.chunk(x, 2, -1);
    return half[0].square().add(half[1].square());
  }

  /** (R_m q) · (R_n k) is a function of m - n. */
  @Property(tries = 25)
  void productsDependOnTheDistanceAlone(
      @ForAll @IntRange(max = 200) int m,
      @ForAll @IntRange(max = 200) int n,
      @ForAll @IntRange(max = 500) int further) {
    try (PointerScope scope = new PointerScope()) {
      Tensor q = Noise.randn(1, 1, 8);
      Tensor k = Noise.randn(2, 1, 8);
      double near = product(at(m, 1, 8).apply(q), at(n, 1, 8).apply(k));
      double far = product(at(m + further, 1, 8).apply(q), at(n + further, 1, 8).apply(k));
      double scale = q.norm().item_double() * k.norm().item_double();
      assertEquals(near, far, 1e-4 * scale);
    }
  }

  private static double product(Tensor a, Tensor b) {
    return a.mul(b).sum().item_double();
  }

  @Test
  void nothingTurnsAtPositionZero() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Noise.randn(1, 3, 1, 8);
      assertSame(x, at(0, 1, 8).apply(x));
    }
  }

  @Test
  void frequenciesFallFromOneToNearlyTheBasesInverse() {
    try (PointerScope scope = new PointerScope()) {
      float[] found = Ops.toFloats(RotaryEmbedding.inverseFrequencies(128, THETA));
      assertEquals(64, found.length);
      for (int i = 0; i < found.length; i++) {
        double wanted = Math.pow(THETA, -2.0 * i / 128);
        assertEquals(wanted, found[i], 1e-6 * wanted);
      }
    }
  }

  @Test
  void gradientsAgreeWithFiniteDifferences() {
    try (PointerScope scope = new PointerScope()) {
      assertGradient("x", at(3, 4, 6)::apply, Noise.randn(1, 2, 4, 6));
    }
  }

  @Test
  void bf16IsTurnedInFp32AndRoundedOnce() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Noise.randn(1, 4, 8).to(torch.ScalarType.BFloat16);
      Tensor y = at(9, 4, 8).apply(x);
      assertEquals(Dtype.BFLOAT16, Dtype.of(y));
      assertSame(at(9, 4, 8).apply(Ops.toFloat(x)).to(torch.ScalarType.BFloat16), y);
    }
  }
}
