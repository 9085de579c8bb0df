package dev.dualprocess.nn;

import static dev.dualprocess.nn.Reference.assertGradient;
import static dev.dualprocess.nn.Reference.assertNear;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GroupNormTest {
  private static final double EPS = 1e-3;

  private static GroupNorm norm(int groups, int channels) {
    return new GroupNorm(groups, Noise.randn(1, channels), Noise.randn(2, channels), EPS);
  }

  /** Of x [B, C, places], which lie in memory group by group. */
  private static double[] plain(GroupNorm norm, Tensor x) {
    int channels = (int) x.size(1);
    int places = (int) (x.numel() / x.size(0) / channels);
    int group = channels / (int) norm.groups() * places;
    double[] in = Reference.values(x);
    double[] w = Reference.values(norm.weight());
    double[] b = Reference.values(norm.bias());
    double[] y = new double[in.length];
    for (int first = 0; first < in.length; first += group) {
      double mean = 0;
      double squares = 0;
      for (int i = first; i < first + group; i++) {
        mean += in[i] / group;
      }
      for (int i = first; i < first + group; i++) {
        squares += (in[i] - mean) * (in[i] - mean);
      }
      for (int i = first; i < first + group; i++) {
        int channel = i / places % channels;
        y[i] = (in[i] - mean) / Math.sqrt(squares / group + EPS) * w[channel] + b[channel];
      }
    }
    return y;
  }

  @Property(tries = 25)
  void isThePlainNorm(
      @ForAll @IntRange(min = 1, max = 4) int groups,
      @ForAll @IntRange(min = 1, max = 4) int each,
      @ForAll @IntRange(min = 1, max = 5) int height,
      @ForAll @IntRange(min = 2, max = 5) int width) {
    try (PointerScope scope = new PointerScope()) {
      GroupNorm norm = norm(groups, groups * each);
      Tensor x = Ops.add(Noise.randn(3, 2, (long) groups * each, height, width), 2);
      Tensor y = norm.forward(x);
      assertArrayEquals(x.shape(), y.shape());
      assertNear(plain(norm, x), y, 2e-6);
    }
  }

  @Test
  void gradientsAgreeWithFiniteDifferences() {
    try (PointerScope scope = new PointerScope()) {
      assertGradient("x", norm(2, 6)::forward, Noise.randn(3, 2, 6, 2, 3));
    }
  }

  /** One group does not see another, nor one image another. */
  @Test
  void groupsAndImagesAreOnTheirOwn() {
    try (PointerScope scope = new PointerScope()) {
      GroupNorm norm = norm(2, 6);
      Tensor x = Noise.randn(3, 2, 6, 2, 3);
      Tensor other = x.clone();
      other.select(0, 0).narrow(0, 0, 3).add_(Noise.randn(4, 3, 2, 3)); // image 0, group 0
      Tensor before = norm.forward(x);
      Tensor after = norm.forward(other);
      Reference.assertSame(before.select(0, 1), after.select(0, 1));
      Reference.assertSame(before.select(0, 0).narrow(0, 3, 3), after.select(0, 0).narrow(0, 3, 3));
    }
  }

  /** Written out, it is what libtorch's own graph does. */
  @Test
  void backwardCarriesTheGradientBack() {
    try (PointerScope scope = new PointerScope()) {
      GroupNorm norm = new GroupNorm(2, Noise.randn(1, 6), Noise.randn(2, 6), 1e-6);
      Tensor x = Noise.randn(3, 2, 6, 4, 4);
      Tensor dy = Noise.randn(4, 2, 6, 4, 4);
      Tensor leaf = Ops.leaf(x);
      Ops.backward(norm.forward(leaf), dy);
      GroupNorm.Normed normed = norm.normed(x);
      assertArrayEquals(Ops.toFloats(norm.forward(x)), Ops.toFloats(normed.y()), 0);
      normed.y().close();
      assertArrayEquals(
          Ops.toFloats(leaf.grad()), Ops.toFloats(norm.backward(x, normed, dy)), 1e-5f);
    }
  }

  /**
   * On CUDA in half precision the sums are taken in another way: beside fp64, it is as near as
   * libtorch's own, value and gradient.
   */
  @Test
  @Tag("gpu")
  void onAGpuInHalfPrecisionItIsTheSameNorm() {
    try (PointerScope scope = new PointerScope()) {
      Placement gpu = new Placement("cuda:0", Dtype.BFLOAT16);
      GroupNorm norm =
          new GroupNorm(8, gpu.place(Noise.randn(1, 64)), gpu.place(Noise.randn(2, 64)), 1e-6);
      Tensor x = gpu.place(Ops.add(Ops.mul(Noise.randn(3, 1, 64, 40, 56), 3), 2));
      Tensor dy = gpu.place(Noise.randn(4, 1, 64, 40, 56));
      GroupNorm exact = new GroupNorm(8, onHost(norm.weight()), onHost(norm.bias()), norm.eps());
      Tensor x64 = onHost(x).set_requires_grad(true);
      Tensor y64 = Memory.withGrad(() -> exact.forward(x64));
      Ops.backward(y64, onHost(dy));
      Memory.withoutGrad(
          () -> {
            GroupNorm.Normed normed = norm.normed(x);
            assertTrue(distance(onHost(normed.y()), y64.detach()) < 3e-3);
            assertTrue(distance(onHost(norm.forward(x)), y64.detach()) < 3e-3);
            assertTrue(distance(onHost(norm.backward(x, normed, dy)), x64.grad()) < 1e-2);
          });
    }
  }

  private static Tensor onHost(Tensor x) {
    return x.to(new Device("cpu"), torch.ScalarType.Double);
  }

  private static double distance(Tensor found, Tensor wanted) {
    return found.sub(wanted).norm().item_double() / wanted.norm().item_double();
  }
}
