package dev.dualprocess.nn;

import static dev.dualprocess.nn.Reference.assertGradient;
import static dev.dualprocess.nn.Reference.assertNear;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class LayerNormTest {
  private static final double EPS = 1e-3;

  private static double[] plain(Tensor x) {
    int dim = (int) x.size(-1);
    double[] in = Reference.values(x);
    double[] y = new double[in.length];
    for (int i = 0; i < in.length; i++) {
      int first = i / dim * dim;
      double mean = IntStream.range(first, first + dim).mapToDouble(k -> in[k]).sum() / dim;
      double variance =
          IntStream.range(first, first + dim)
                  .mapToDouble(k -> (in[k] - mean) * (in[k] - mean))
                  .sum()
              / dim;
      y[i] = (in[i] - mean) / Math.sqrt(variance + EPS);
    }
    return y;
  }

  @Property(tries = 25)
  void isThePlainNormAndItsWeights(
      @ForAll @IntRange(min = 1, max = 6) int rows,
      @ForAll @IntRange(min = 2, max = 40) int dim,
      @ForAll boolean weighted) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Ops.add(Noise.randn(3, 2, rows, dim), 2);
      Tensor weight = Noise.randn(1, dim);
      Tensor bias = Noise.randn(2, dim);
      LayerNorm norm = weighted ? new LayerNorm(dim, weight, bias, EPS) : LayerNorm.plain(dim, EPS);
      double[] wanted = plain(x);
      if (weighted) {
        double[] w = Reference.values(weight);
        double[] b = Reference.values(bias);
        for (int i = 0; i < wanted.length; i++) {
          wanted[i] = wanted[i] * w[i % dim] + b[i % dim];
        }
      }
      assertNear(wanted, norm.forward(x), 2e-6);
    }
  }

  /** One row of scales takes another way through the code than several. */
  @Property(tries = 20)
  void modulationScalesAndShiftsEachImage(
      @ForAll @IntRange(min = 1, max = 3) int images,
      @ForAll @IntRange(min = 1, max = 4) int rows,
      @ForAll @IntRange(min = 2, max = 9) int dim) {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Noise.randn(3, images, rows, dim);
      Tensor scale = Noise.randn(4, images, 1, dim);
      Tensor shift = Noise.randn(5, images, 1, dim);
      double[] wanted = plain(x);
      double[] factors = Reference.values(scale);
      double[] summands = Reference.values(shift);
      for (int i = 0; i < wanted.length; i++) {
        int at = i / (rows * dim) * dim + i % dim;
        wanted[i] = wanted[i] * (1 + factors[at]) + summands[at];
      }
      assertNear(wanted, LayerNorm.plain(dim, EPS).modulated(x, scale, shift), 2e-6);
    }
  }

  @Test
  void gradientsAgreeWithFiniteDifferences() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Noise.randn(3, 2, 3, 6);
      LayerNorm plain = LayerNorm.plain(6, EPS);
      assertGradient("x", plain::forward, x);
      LayerNorm weighted = new LayerNorm(6, Noise.randn(1, 6), Noise.randn(2, 6), EPS);
      assertGradient("x with weights", weighted::forward, x);
      for (int images : new int[] {1, 2}) {
        Tensor given = x.narrow(0, 0, images).clone();
        Tensor scale = Noise.randn(4, images, 1, 6);
        Tensor shift = Noise.randn(5, images, 1, 6);
        String of = " of " + images;
        assertGradient("x modulated" + of, at -> plain.modulated(at, scale, shift), given);
        assertGradient("scale" + of, at -> plain.modulated(given, at, shift), scale);
        assertGradient("shift" + of, at -> plain.modulated(given, scale, at), shift);
      }
    }
  }
}
