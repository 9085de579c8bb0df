package dev.dualprocess.tensor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions of any number of channels are right, whatever an earlier tensor left in memory. */
class WholeBlocksTest {
  private static final List<Integer> CHANNELS = List.of(1, 3, 4, 8, 16, 24, 32, 40, 64, 80);

  static Stream<Arguments> convolutions() {
    return Stream.of(Dtype.FLOAT32, Dtype.BFLOAT16)
        .flatMap(
            dtype ->
                Stream.of( // side, kernel, stride, batch
                    Arguments.of(64, 3, 1, 1, dtype),
                    Arguments.of(33, 3, 1, 2, dtype),
                    Arguments.of(8, 3, 1, 1, dtype),
                    Arguments.of(16, 5, 1, 1, dtype),
                    Arguments.of(16, 1, 1, 2, dtype),
                    Arguments.of(32, 3, 2, 1, dtype),
                    Arguments.of(28, 14, 14, 1, dtype))); // patches of a vision tower
  }

  @ParameterizedTest(name = "{0} px, kernel {1}, stride {2}, {3} pictures, {4}")
  @MethodSource("convolutions")
  void numbersOfChannelsThatFillNoBlock(int side, int kernel, int stride, int batch, Dtype dtype) {
    for (int in : CHANNELS) {
      for (int out : CHANNELS) {
        Memory.freeing(
            () -> {
              Case c = new Case(in, out, side, kernel, stride, batch, dtype);
              Tensor[] wanted = c.reference();
              leaveNaNs(in, out, side, kernel);
              Tensor[] found = c.results();
              for (int i = 0; i < found.length; i++) {
                assertClose(
                    wanted[i], found[i], dtype, in + " to " + out + " channels: " + NAMES[i]);
              }
              return null;
            });
      }
    }
  }

  private static final String[] NAMES = {"y", "dx", "dW", "y without graph", "dx without graph"};

  private static void assertClose(Tensor wanted, Tensor found, Dtype dtype, String what) {
    Tensor difference = found.to(torch.ScalarType.Double).sub(wanted);
    double error = difference.norm().item_double() / wanted.norm().item_double();
    assertTrue(error < (dtype == Dtype.FLOAT32 ? 1e-5 : 1e-2), what + ": " + error); // NaN fails
  }

  private record Case(int in, int out, int side, int kernel, int stride, int batch, Dtype dtype) {
    private Tensor rounded(long seed, long... shape) {
      return Noise.randn(seed, shape).to(dtype.scalarType());
    }

    private Tensor x() {
      return rounded(1, batch, in, side, side);
    }

    private Tensor weight() {
      return rounded(2, out, in, kernel, kernel);
    }

    private Tensor bias() {
      return rounded(3, out);
    }

    private Tensor dy(Tensor y) {
      return rounded(4, y.shape());
    }

    private long[] steps() {
      return new long[] {stride, stride};
    }

    private long[] padding() {
      return new long[] {kernel / 2, kernel / 2};
    }

    /** In double precision, which oneDNN has nothing to do with. */
    Tensor[] reference() {
      Tensor x = Ops.leaf(x().to(torch.ScalarType.Double));
      Tensor weight = Ops.leaf(weight().to(torch.ScalarType.Double));
      Tensor bias = bias().to(torch.ScalarType.Double);
      Tensor y =
          torch.conv2d(
              x, weight, new TensorOptional(bias), steps(), padding(), new long[] {1, 1}, 1);
      Ops.backward(y, dy(y).to(torch.ScalarType.Double));
      return new Tensor[] {y, x.grad(), weight.grad(), y, x.grad()};
    }

    Tensor[] results() {
      Tensor x = Ops.leaf(x());
      Tensor weight = Ops.leaf(weight());
      Tensor y = Ops.conv2d(x, weight, bias(), steps(), padding(), 1);
      Ops.backward(y, dy(y));
      Tensor bare =
          Memory.noGrad(
              () -> Ops.conv2d(x.detach(), weight.detach(), bias(), steps(), padding(), 1));
      Tensor dx = stride == 1 ? Vjp.conv2d(dy(y), weight.detach(), padding(), 1) : x.grad();
      return new Tensor[] {y, x.grad(), weight.grad(), bare, dx};
    }
  }

  /** Fills what the C library will give out next. */
  private static void leaveNaNs(int in, int out, int side, int kernel) {
    try (PointerScope scope = new PointerScope()) {
      for (long channels : List.of(in, out)) {
        long blocks = (channels + 15) / 16 * 16;
        for (long values : List.of(blocks * side * side, blocks * blocks * kernel * kernel)) {
          for (int i = 0; i < 4; i++) {
            torch.empty(values).fill_(new Scalar(Double.NaN));
          }
        }
      }
    }
  }

  /** Channels side by side, two threads: what a block of Sana asks for. */
  @ParameterizedTest
  @CsvSource({"16, 80", "80, 80", "40, 16", "48, 112"})
  void convolutionsOfAPlaceAreRightWithTwoThreads(long in, long out) {
    int before = torch.get_num_threads();
    torch.set_num_threads(2);
    try (PointerScope scope = new PointerScope()) {
      long[] one = {1, 1};
      long[] none = {0, 0};
      Tensor x = Noise.randn(1, 2, 12, 16, in).permute(0, 3, 1, 2);
      Tensor w = Noise.randn(2, out, in, 1, 1);
      Tensor rows = x.permute(0, 2, 3, 1).to(torch.ScalarType.Double);
      Tensor wanted = rows.matmul(w.view(out, in).t().to(torch.ScalarType.Double));
      Tensor found = Ops.conv2d(x, w, null, one, none, 1).permute(0, 2, 3, 1);
      assertNear(wanted, found);
      Tensor dy = Noise.randn(3, 2, 12, 16, out).permute(0, 3, 1, 2);
      Tensor back = dy.permute(0, 2, 3, 1).to(torch.ScalarType.Double);
      assertNear(
          back.matmul(w.view(out, in).to(torch.ScalarType.Double)),
          Vjp.conv2d(dy, w, none, 1).permute(0, 2, 3, 1));
    } finally {
      torch.set_num_threads(before);
    }
  }

  private static void assertNear(Tensor wanted, Tensor found) {
    double error = found.sub(wanted).norm().item_double() / wanted.norm().item_double();
    assertTrue(error < 1e-6, "relative error " + error);
  }
}
