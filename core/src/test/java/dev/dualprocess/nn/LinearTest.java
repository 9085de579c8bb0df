package dev.dualprocess.nn;

import static dev.dualprocess.nn.Reference.assertGradient;
import static dev.dualprocess.nn.Reference.assertNear;
import static dev.dualprocess.nn.Reference.assertSame;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Golden;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The map and the algebra of its branches. */
class LinearTest {
  private static final int IN = 5;
  private static final int OUT = 4;
  private static final int RANK = 2;

  private PointerScope scope;
  private Tensor weight;
  private Tensor bias;
  private Tensor x; // [2, 3, IN]
  private Linear linear;

  @BeforeEach
  void make() {
    scope = new PointerScope();
    weight = Noise.randn(1, OUT, IN);
    bias = Noise.randn(2, OUT);
    x = Noise.randn(3, 2, 3, IN);
    linear = new Linear("a.b", weight, bias);
  }

  @AfterEach
  void close() {
    linear.releaseMerged();
    scope.close();
  }

  private static LowRankBranch branch(int seed, double scale) {
    return new LowRankBranch(
        Noise.randn(seed, RANK, IN), Noise.randn(seed + 100, OUT, RANK), scale);
  }

  /** y + s BAx. */
  private double[] with(double[] y, LowRankBranch branch) {
    double[] inner = Reference.linear(x, branch.a(), null);
    return Reference.plus(y, branch.scale(), Reference.linear(inner, branch.b(), null));
  }

  @Property(tries = 30)
  void isThePlainSum(
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(min = 1, max = 40) int in,
      @ForAll @IntRange(min = 1, max = 40) int out,
      @ForAll boolean biased) {
    try (PointerScope inner = new PointerScope()) {
      Tensor w = Noise.randn(1, out, in);
      Tensor b = biased ? Noise.randn(2, out) : null;
      Tensor given = Noise.randn(3, 2, rows, in);
      Tensor y = new Linear("p", w, b).forward(given);
      assertArrayEquals(new long[] {2, rows, out}, y.shape());
      assertNear(Reference.linear(given, w, b), y, 1e-6);
    }
  }

  @Test
  void everyBranchAddsItsProduct() {
    LowRankBranch one = branch(10, 0.5);
    LowRankBranch two = branch(11, -2);
    linear.attach(one);
    linear.attach(two);
    double[] wanted = with(with(Reference.linear(x, weight, bias), one), two);
    Tensor y = linear.forward(x);
    assertArrayEquals(new long[] {2, 3, OUT}, y.shape());
    assertNear(wanted, y, 1e-6);
  }

  @Test
  void aBranchThatIsZeroChangesNothing() {
    Tensor before = linear.forward(x);
    linear.attach(new LowRankBranch(Noise.randn(4, RANK, IN), torch.zeros(OUT, RANK), 3));
    assertSame(before, linear.forward(x));
  }

  @Test
  void detachingRemovesThatVeryBranch() {
    Tensor before = linear.forward(x);
    LowRankBranch branch = branch(10, 0.5);
    LowRankBranch likeIt = new LowRankBranch(branch.a(), branch.b(), branch.scale());
    linear.attach(branch);
    Tensor with = linear.forward(x);
    linear.detach(likeIt);
    assertSame(with, linear.forward(x));
    linear.detach(branch);
    assertSame(before, linear.forward(x));
  }

  @Test
  void mergedIsAsAttachedAndTheGivenWeightStays() {
    Tensor given = weight.clone();
    LowRankBranch one = branch(10, 0.5);
    LowRankBranch two = branch(11, -2);
    linear.attach(one);
    linear.attach(two);
    Tensor attached = linear.forward(x);
    linear.detach(one);
    linear.detach(two);
    linear.merge(one);
    linear.merge(two);
    assertNear(attached, linear.forward(x), 1e-6);
    assertSame(given, weight);
    linear.attach(one);
    assertNear(with(Reference.values(attached), one), linear.forward(x), 1e-6);
  }

  @Test
  void gradientsAgreeWithFiniteDifferences() {
    assertGradient("x", linear::forward, x);
    LowRankBranch branch = branch(10, 0.5);
    linear.attach(branch);
    assertGradient("x with a branch", linear::forward, x);
    linear.detach(branch);
    assertGradient("A", a -> with(new LowRankBranch(a, branch.b(), 0.5)), branch.a());
    assertGradient("B", b -> with(new LowRankBranch(branch.a(), b, 0.5)), branch.b());
  }

  private Tensor with(LowRankBranch branch) {
    linear.attach(branch);
    Tensor y = linear.forward(x);
    linear.detach(branch);
    return y;
  }

  @Test
  void theFrozenWeightHasNoGradient() {
    assertFalse(linear.forward(x).requires_grad());
    Tensor a = Ops.leaf(Noise.randn(4, RANK, IN));
    linear.attach(new LowRankBranch(a, Noise.randn(5, OUT, RANK), 1));
    linear.forward(x).sum().backward();
    assertTrue(a.grad().norm().item_double() > 0);
    assertFalse(weight.requires_grad());
  }

  @Test
  void learnsWhereABranchDoes() {
    assertFalse(linear.learning());
    linear.attach(branch(10, 1));
    assertFalse(linear.learning());
    Tensor b = Ops.leaf(Noise.randn(5, OUT, RANK));
    linear.attach(new LowRankBranch(Noise.randn(4, RANK, IN), b, 1));
    assertTrue(linear.learning());
  }

  /** Each result has 8 bits then; the factors and their gradients stay in fp32. */
  @Test
  void branchesOfAMapInBf16AreRoundedWithIt() {
    Tensor half = Noise.randn(3, 6, 64).to(torch.ScalarType.BFloat16);
    LowRankBranch coarse = learning();
    LowRankBranch fine = learning();
    Tensor y = mapWith(coarse, torch.ScalarType.BFloat16).forward(half);
    Tensor wanted = mapWith(fine, torch.ScalarType.Float).forward(Ops.toFloat(half));
    assertEquals(Dtype.BFLOAT16, Dtype.of(y));
    assertTrue(Golden.relativeError(wanted, y) < 1e-2);
    y.sum().backward();
    wanted.sum().backward();
    assertEquals(Dtype.FLOAT32, Dtype.of(coarse.a().grad()));
    assertTrue(Golden.relativeError(fine.a().grad(), coarse.a().grad()) < 1e-2);
    assertTrue(Golden.relativeError(fine.b().grad(), coarse.b().grad()) < 1e-2);
  }

  private static LowRankBranch learning() {
    return new LowRankBranch(
        Ops.leaf(Noise.randn(10, 8, 64)), Ops.leaf(Noise.randn(11, 48, 8)), 0.5);
  }

  private static Linear mapWith(LowRankBranch branch, torch.ScalarType dtype) {
    Linear map = new Linear("p", torch.zeros(48, 64).to(dtype), null);
    map.attach(branch);
    return map;
  }

  @Test
  void tellsTheShapesOfItsFactors() {
    assertEquals("a.b", linear.path());
    assertArrayEquals(new long[] {7, IN}, linear.aShape(7));
    assertArrayEquals(new long[] {OUT, 7}, linear.bShape(7));
  }
}
