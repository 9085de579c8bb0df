package dev.dualprocess.nn;

import static dev.dualprocess.nn.Reference.assertGradient;
import static dev.dualprocess.nn.Reference.assertNear;
import static dev.dualprocess.nn.Reference.assertSame;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The convolution against plain loops, and the algebra of its branches. */
class Conv2dTest {
  private static final int RANK = 2;

  /** One kind of layer: kernel k x k on groups of 2 channels in and 3 out each. */
  private record Kind(int groups, int kernel, int stride, int padding) {
    int in() {
      return 2 * groups;
    }

    int out() {
      return 3 * groups;
    }

    Tensor weight() {
      return Noise.randn(1, out(), 2, kernel, kernel);
    }

    Tensor bias() {
      return Noise.randn(2, out());
    }

    Conv2d layer() {
      return new Conv2d("a.b", weight(), bias(), stride, padding, groups);
    }

    Tensor x() {
      return Noise.randn(3, 2, in(), 6, 5);
    }

    LowRankBranch branch(int seed, double scale) {
      return new LowRankBranch(
          Noise.randn(seed, RANK, in(), kernel, kernel),
          Noise.randn(seed + 100, out(), RANK, 1, 1),
          scale);
    }

    /** y + s B * (A * x). */
    double[] with(double[] y, LowRankBranch branch) {
      double[] a = convolved(x(), branch.a(), null, stride, padding, 1);
      long[] shape = layer().forward(x()).shape();
      float[] inner = new float[a.length];
      for (int i = 0; i < a.length; i++) {
        inner[i] = (float) a[i];
      }
      Tensor between = Ops.floats(inner, shape[0], RANK, shape[2], shape[3]);
      return Reference.plus(y, branch.scale(), convolved(between, branch.b(), null, 1, 0, 1));
    }
  }

  /** W * x + b, value by value. */
  private static double[] convolved(
      Tensor x, Tensor weight, Tensor bias, int stride, int padding, int groups) {
    int height = (int) x.size(2);
    int width = (int) x.size(3);
    int out = (int) weight.size(0);
    int each = (int) weight.size(1);
    int kernel = (int) weight.size(2);
    int rows = (height + 2 * padding - kernel) / stride + 1;
    int columns = (width + 2 * padding - kernel) / stride + 1;
    double[] in = Reference.values(x);
    double[] w = Reference.values(weight);
    double[] y = new double[(int) x.size(0) * out * rows * columns];
    for (int at = 0; at < y.length; at++) {
      int column = at % columns;
      int row = at / columns % rows;
      int channel = at / (columns * rows) % out;
      int image = at / (columns * rows * out);
      y[at] = bias == null ? 0 : Reference.values(bias)[channel];
      for (int k = 0; k < each * kernel * kernel; k++) {
        int source = channel / (out / groups) * each + k / (kernel * kernel);
        int i = row * stride - padding + k / kernel % kernel;
        int j = column * stride - padding + k % kernel;
        if (i >= 0 && i < height && j >= 0 && j < width) {
          y[at] +=
              w[channel * each * kernel * kernel + k]
                  * in[((image * (int) x.size(1) + source) * height + i) * width + j];
        }
      }
    }
    return y;
  }

  @Property(tries = 40)
  void isThePlainSum(
      @ForAll @IntRange(min = 1, max = 3) int groups,
      @ForAll @IntRange(min = 1, max = 9) int each,
      @ForAll @IntRange(min = 1, max = 9) int outEach,
      @ForAll @IntRange(min = 1, max = 3) int kernel,
      @ForAll @IntRange(min = 1, max = 2) int stride,
      @ForAll @IntRange(max = 2) int padding) {
    try (PointerScope scope = new PointerScope()) {
      Tensor w = Noise.randn(1, (long) groups * outEach, each, kernel, kernel);
      Tensor b = Noise.randn(2, (long) groups * outEach);
      Tensor x = Noise.randn(3, 2, (long) groups * each, 5, 4);
      Conv2d layer = new Conv2d("p", w, b, stride, padding, groups);
      assertNear(convolved(x, w, b, stride, padding, groups), layer.forward(x), 1e-6);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 3, 1, 1", "1, 2, 2, 0", "3, 3, 1, 1", "2, 1, 1, 0"})
  void everyBranchAddsItsProductAndMergedIsAsAttached(
      int groups, int kernel, int stride, int padding) {
    Kind kind = new Kind(groups, kernel, stride, padding);
    Conv2d layer = kind.layer();
    try (PointerScope scope = new PointerScope()) {
      LowRankBranch one = kind.branch(10, 0.5);
      LowRankBranch two = kind.branch(11, -2);
      Tensor plain = layer.forward(kind.x());
      Tensor given = layer.weight().clone();
      layer.attach(one);
      layer.attach(two);
      Tensor attached = layer.forward(kind.x());
      assertNear(kind.with(kind.with(Reference.values(plain), one), two), attached, 1e-6);
      layer.detach(new LowRankBranch(one.a(), one.b(), one.scale()));
      assertSame(attached, layer.forward(kind.x()));
      layer.detach(one);
      layer.detach(two);
      assertSame(plain, layer.forward(kind.x()));
      layer.merge(one);
      layer.merge(two);
      assertNear(attached, layer.forward(kind.x()), 1e-6);
      assertSame(given, kind.weight());
    } finally {
      layer.releaseMerged();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 3, 1, 1", "3, 3, 2, 1"})
  void aBranchThatIsZeroChangesNothing(int groups, int kernel, int stride, int padding) {
    Kind kind = new Kind(groups, kernel, stride, padding);
    try (PointerScope scope = new PointerScope()) {
      Conv2d layer = kind.layer();
      Tensor before = layer.forward(kind.x());
      layer.attach(
          new LowRankBranch(kind.branch(10, 1).a(), torch.zeros(kind.out(), RANK, 1, 1), 3));
      assertSame(before, layer.forward(kind.x()));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 3, 1, 1", "1, 2, 2, 0", "3, 3, 1, 1"})
  void gradientsAgreeWithFiniteDifferences(int groups, int kernel, int stride, int padding) {
    Kind kind = new Kind(groups, kernel, stride, padding);
    try (PointerScope scope = new PointerScope()) {
      Conv2d layer = kind.layer();
      assertGradient("x", layer::forward, kind.x());
      LowRankBranch branch = kind.branch(10, 0.5);
      layer.attach(branch);
      assertGradient("x with a branch", layer::forward, kind.x());
      layer.detach(branch);
      assertGradient(
          "A", a -> with(layer, kind, new LowRankBranch(a, branch.b(), 0.5)), branch.a());
      assertGradient(
          "B", b -> with(layer, kind, new LowRankBranch(branch.a(), b, 0.5)), branch.b());
    }
  }

  private static Tensor with(Conv2d layer, Kind kind, LowRankBranch branch) {
    layer.attach(branch);
    Tensor y = layer.forward(kind.x());
    layer.detach(branch);
    return y;
  }

  @ParameterizedTest
  @CsvSource({"1, 3", "3, 2"})
  void tellsTheShapesOfItsFactorsAndWhetherTheyLearn(int groups, int kernel) {
    Kind kind = new Kind(groups, kernel, 1, 0);
    try (PointerScope scope = new PointerScope()) {
      Conv2d layer = kind.layer();
      assertArrayEquals(new long[] {7, kind.in(), kernel, kernel}, layer.aShape(7));
      assertArrayEquals(new long[] {kind.out(), 7, 1, 1}, layer.bShape(7));
      LowRankBranch frozen = kind.branch(10, 1);
      layer.attach(frozen);
      assertFalse(layer.learning());
      layer.attach(new LowRankBranch(Ops.leaf(frozen.a()), frozen.b(), 1));
      assertTrue(layer.learning());
    }
  }
}
