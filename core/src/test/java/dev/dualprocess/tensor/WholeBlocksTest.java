package dev.dualprocess.tensor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What an earlier tensor left in memory reaches no convolution's result. */
class WholeBlocksTest {
  static Stream<Arguments> convolutions() {
    return Stream.of(Dtype.FLOAT32, Dtype.BFLOAT16)
        .flatMap(
            dtype ->
                Stream.of( // in, out, side, kernel, stride
                    Arguments.of(16, 3, 64, 3, 1, dtype), // the last of an autoencoder's decoder
                    Arguments.of(24, 24, 64, 3, 1, dtype),
                    Arguments.of(24, 24, 33, 3, 1, dtype),
                    Arguments.of(24, 16, 64, 3, 2, dtype),
                    Arguments.of(40, 24, 16, 5, 1, dtype),
                    Arguments.of(3, 24, 28, 14, 14, dtype), // patches of a vision tower
                    Arguments.of(8, 8, 64, 3, 1, dtype),
                    Arguments.of(32, 32, 32, 3, 1, dtype)));
  }

  @ParameterizedTest(name = "{0} to {1} channels, {2} px, kernel {3}, stride {4}, {5}")
  @MethodSource("convolutions")
  void whatWasThereBeforeDoesNotCount(
      int in, int out, int side, int kernel, int stride, Dtype dtype) {
    Tensor[] clean = results(in, out, side, kernel, stride, dtype);
    Memory.withoutGrad(() -> leaveNaNs(in, out, side, kernel));
    Tensor[] dirty = results(in, out, side, kernel, stride, dtype);
    for (int i = 0; i < clean.length; i++) {
      assertTrue(clean[i].isfinite().all().item_bool(), "finite: " + i);
      assertTrue(clean[i].equal(dirty[i]), "the same: " + i);
    }
    Stream.of(clean, dirty).flatMap(Stream::of).forEach(Tensor::close);
  }

  /** y, dx by the graph, dW by the graph, dx by {@link Vjp}. */
  private static Tensor[] results(int in, int out, int side, int kernel, int stride, Dtype dtype) {
    Supplier<Tensor[]> convolved =
        () -> {
          Tensor x = Noise.randn(1, 1, in, side, side).to(dtype.scalarType());
          Tensor weight = Noise.randn(2, out, in, kernel, kernel).to(dtype.scalarType());
          Tensor bias = Noise.randn(3, out).to(dtype.scalarType());
          long[] steps = {stride, stride};
          long[] padding = {kernel / 2, kernel / 2};
          Tensor leaf = Ops.leaf(x);
          Tensor learning = Ops.leaf(weight);
          Tensor y = Ops.conv2d(leaf, learning, bias, steps, padding, 1);
          Tensor dy = Noise.randn(4, y.shape()).to(dtype.scalarType());
          Ops.backward(y, dy);
          Tensor bare = Memory.noGrad(() -> Ops.conv2d(x, weight, bias, steps, padding, 1));
          Tensor dx = stride == 1 ? Vjp.conv2d(dy, weight, padding, 1) : dy;
          return new Tensor[] {y.detach(), bare, leaf.grad(), learning.grad(), dx};
        };
    return Memory.scopedAll(convolved);
  }

  /** Fills what the C library will give out next. */
  private static void leaveNaNs(int in, int out, int side, int kernel) {
    for (long channels : List.of(in, out)) {
      long blocks = (channels + 15) / 16 * 16;
      for (long values :
          List.of(blocks * side * side, blocks * blocks * kernel * kernel, 1L << 20)) {
        for (int i = 0; i < 8; i++) {
          torch.empty(values).fill_(new Scalar(Double.NaN));
        }
      }
    }
  }
}
