package dev.dualprocess.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.dualprocess.testing.Golden;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Large products against a matrix product in fp64. */
class PointwiseProductTest {
  private static final int IN = 640;
  private static final int OUT = 512;
  private static final int ROWS = 130; // for each of two

  private PointerScope scope;
  private int threads;

  @BeforeEach
  void twoThreads() {
    scope = new PointerScope();
    threads = Torch.threads();
    torch.set_num_threads(2);
  }

  @AfterEach
  void asBefore() {
    torch.set_num_threads(threads);
    scope.close();
  }

  private static Tensor wide(Tensor x) {
    return x.to(torch.ScalarType.Double);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void largeLinearMapsAreThatProduct(boolean transposedInMemory) {
    Tensor x =
        transposedInMemory
            ? Noise.randn(1, 2, IN, ROWS).transpose(1, 2)
            : Noise.randn(1, 2, ROWS, IN);
    Tensor weight = Noise.randn(2, OUT, IN);
    Tensor bias = Noise.randn(3, OUT);
    assertEquals(Processor.tellsItsCaches(), PointwiseProduct.suits(x, weight, x.numel() * OUT));
    Tensor leaf = Ops.leaf(x);
    Tensor y = Ops.linear(leaf, weight, bias);
    assertArrayEquals(new long[] {2, ROWS, OUT}, y.shape());
    Tensor wanted = wide(x).matmul(wide(weight).t()).add(wide(bias));
    Golden.assertClose("y", Ops.toFloat(wanted), y.detach(), 1e-6);

    Tensor dy = Noise.randn(4, 2, ROWS, OUT);
    Tensor wantedGradient = Ops.toFloat(wide(dy).matmul(wide(weight)));
    Ops.backward(y, dy);
    Golden.assertClose("recorded", wantedGradient, leaf.grad(), 1e-6);
    Golden.assertClose("written out", wantedGradient, Vjp.linear(dy, weight), 1e-6);
    Golden.assertClose(
        "without bias",
        Ops.toFloat(wide(x).matmul(wide(weight).t())),
        Ops.linear(x, weight, null),
        1e-6);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 200})
  void theRestIsLeftToTheLibrary(int rows) {
    Tensor x = Noise.randn(1, rows, IN);
    Tensor weight = Noise.randn(2, OUT, IN);
    long multiplications = x.numel() * OUT;
    assertFalse(PointwiseProduct.suits(x, Ops.leaf(weight), multiplications), "weights that learn");
    assertFalse(
        PointwiseProduct.suits(x, weight.to(torch.ScalarType.BFloat16), multiplications), "bf16");
    assertFalse(PointwiseProduct.suits(x, weight.t(), multiplications), "not as it lies in memory");
    assertEquals(
        rows > 1 && Processor.tellsItsCaches(), PointwiseProduct.suits(x, weight, multiplications));
    torch.set_num_threads(1);
    assertFalse(PointwiseProduct.suits(x, weight, multiplications), "one thread");
  }
}
