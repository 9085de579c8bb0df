package dev.dualprocess.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Slope;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Layers in plain double arithmetic, on values in row-major order, and comparisons with them. */
final class Reference {
  private Reference() {}

  static double[] values(Tensor x) {
    float[] floats = Ops.toFloats(x);
    return IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray();
  }

  /** x Wᵀ + b: x [n, in], W [out, in], b [out] or null. */
  static double[] linear(Tensor x, Tensor weight, Tensor bias) {
    return linear(values(x), weight, bias);
  }

  static double[] linear(double[] x, Tensor weight, Tensor bias) {
    int in = Math.toIntExact(weight.size(1));
    int out = Math.toIntExact(weight.size(0));
    double[] w = values(weight);
    double[] y = new double[x.length / in * out];
    for (int i = 0; i < y.length; i++) {
      y[i] = bias == null ? 0 : values(bias)[i % out];
      for (int k = 0; k < in; k++) {
        y[i] += x[i / out * in + k] * w[i % out * in + k];
      }
    }
    return y;
  }

  /** x + s y. */
  static double[] plus(double[] x, double s, double[] y) {
    return IntStream.range(0, x.length).mapToDouble(i -> x[i] + s * y[i]).toArray();
  }

  /** x / sqrt(mean of x² over D + eps) · weight. */
  static double[] rmsNorm(double[] x, Tensor weight, double eps) {
    double[] w = values(weight);
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double squares = 0;
      for (int k = 0; k < w.length; k++) {
        double other = x[i / w.length * w.length + k];
        squares += other * other;
      }
      y[i] = x[i] / Math.sqrt(squares / w.length + eps) * w[i % w.length];
    }
    return y;
  }

  /** downProj( silu(gateProj x) ⊙ upProj x ), none with a bias. */
  static double[] gatedMlp(double[] x, Tensor gate, Tensor up, Tensor down) {
    double[] g = linear(x, gate, null);
    double[] u = linear(x, up, null);
    double[] inner =
        IntStream.range(0, g.length)
            .mapToDouble(i -> g[i] / (1 + Math.exp(-g[i])) * u[i])
            .toArray();
    return linear(inner, down, null);
  }

  /** Asserts |actual - wanted| ≤ tolerance |wanted| (Euclidean norms) and the number of values. */
  static void assertNear(double[] wanted, Tensor actual, double tolerance) {
    double[] found = values(actual);
    assertEquals(wanted.length, found.length);
    double off = 0;
    double norm = 0;
    for (int i = 0; i < wanted.length; i++) {
      off += (found[i] - wanted[i]) * (found[i] - wanted[i]);
      norm += wanted[i] * wanted[i];
    }
    double error = Math.sqrt(off / Math.max(norm, Double.MIN_NORMAL));
    assertTrue(error <= tolerance, () -> "relative error " + error + " is above " + tolerance);
  }

  static void assertNear(Tensor wanted, Tensor actual, double tolerance) {
    assertArrayEquals(wanted.shape(), actual.shape());
    assertNear(values(wanted), actual, tolerance);
  }

  static void assertSame(Tensor wanted, Tensor actual) {
    assertArrayEquals(wanted.shape(), actual.shape());
    assertArrayEquals(Ops.toFloats(wanted), Ops.toFloats(actual));
  }

  /** Asserts what a backward pass through {@code f} leaves at {@code x} by finite differences. */
  static void assertGradient(String what, UnaryOperator<Tensor> f, Tensor x) {
    Tensor leaf = Ops.leaf(x.clone());
    Tensor y = f.apply(leaf);
    Tensor r = Noise.randn(77, y.shape());
    Ops.backward(y, r);
    Slope.assertBoth(
        what,
        at -> f.apply(at).to(torch.ScalarType.Double).mul(r).sum().item_double(),
        x,
        leaf.grad(),
        5e-3,
        5e-3);
  }
}
