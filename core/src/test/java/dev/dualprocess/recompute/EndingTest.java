package dev.dualprocess.recompute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.GroupNorm;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.nn.LowRankBranch;
import dev.dualprocess.nn.Nonlinearity;
import dev.dualprocess.tensor.Flops;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a block ends in carries gradients back as libtorch's own graph does. */
class EndingTest {
  private static final float CLOSE = 1e-5f;

  /** The gradients of all leaves, by the tape with recompute or by one graph. */
  private static List<float[]> gradients(
      boolean recomputes, Function<Tensor[], Tensor> pass, Tensor... values) {
    try (PointerScope scope = new PointerScope();
        Tape tape = new Tape(recomputes, true)) {
      Tensor[] leaves = Arrays.stream(values).map(v -> Ops.leaf(v.clone())).toArray(Tensor[]::new);
      Tensor y = tape.record(() -> pass.apply(leaves));
      tape.backward(y, Noise.randn(99, y.shape()));
      List<float[]> gradients = new ArrayList<>();
      for (Tensor leaf : leaves) {
        gradients.add(Ops.toFloats(leaf.grad()));
      }
      return gradients;
    }
  }

  private static void assertSameGradients(Function<Tensor[], Tensor> pass, Tensor... values) {
    List<float[]> whole = gradients(false, pass, values);
    List<float[]> recomputed = gradients(true, pass, values);
    for (int i = 0; i < values.length; i++) {
      assertArrayEquals(whole.get(i), recomputed.get(i), CLOSE, "leaf " + i);
    }
  }

  @Test
  void ofALinearMapWithABranchThatLearns() {
    try (PointerScope scope = new PointerScope()) {
      Tensor weight = Noise.randn(1, 4, 6);
      assertSameGradients(
          in -> {
            Linear last = new Linear("last", weight, null);
            last.attach(new LowRankBranch(in[1], in[2], 0.5));
            return Blocks.residual(x -> x[0].tanh().repeat(1, 2).narrow(1, 0, 6), last, in[0]);
          },
          Noise.randn(2, 5, 4),
          Noise.randn(3, 2, 6),
          Noise.randn(4, 4, 2));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ofTwoStreamsWithGates(boolean gatesLearn) {
    try (PointerScope scope = new PointerScope()) {
      Linear a = new Linear("a", Noise.randn(1, 4, 4), Noise.randn(2, 4));
      Linear b = new Linear("b", Noise.randn(3, 4, 4), null);
      Tensor given = Noise.randn(4, 1, 4);
      assertSameGradients(
          in -> {
            Tensor gate = gatesLearn ? in[2] : given;
            Tensor[] y =
                Blocks.residuals(
                    List.of(Ending.NONE, Ending.NONE),
                    x ->
                        new Branch[] {
                          new Branch(x[0].mul(x[1]), x[2]), new Branch(x[0].add(x[1]), x[2])
                        },
                    List.of(a, b),
                    in[0],
                    in[1],
                    gate);
            return y[0].add(y[1].tanh()).add(in[2]); // the gate's leaf has a gradient either way
          },
          Noise.randn(5, 3, 4),
          Noise.randn(6, 3, 4),
          Noise.randn(7, 1, 4));
    }
  }

  @ParameterizedTest
  @EnumSource(Nonlinearity.class)
  void ofAnActivationBeforeALinearMap(Nonlinearity f) {
    try (PointerScope scope = new PointerScope()) {
      Linear up = new Linear("up", Noise.randn(1, 8, 4), null);
      Linear down = new Linear("down", Noise.randn(2, 4, 8), null);
      assertSameGradients(
          in -> {
            Tensor h = Blocks.run(up::forward, f.then(down), in[0]);
            return Blocks.residual(x -> up.forward(x[0]), f.then(down), h);
          },
          Noise.randn(3, 5, 4));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void ofAConvolution(int groups) {
    try (PointerScope scope = new PointerScope()) {
      Conv2d conv =
          new Conv2d("conv", Noise.randn(1, 6, 4 / groups, 3, 3), Noise.randn(2, 6), 1, 1, groups);
      Conv2d shortcut = new Conv2d("shortcut", Noise.randn(3, 6, 4, 1, 1), null, 1, 0, 1);
      assertSameGradients(
          in -> Blocks.residual(shortcut, x -> x[0].tanh(), conv, in[0]),
          Noise.randn(4, 2, 4, 5, 7));
    }
  }

  @Test
  void ofAGroupNorm() {
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
          Ops.toFloats(leaf.grad()), Ops.toFloats(norm.backward(x, normed, dy)), CLOSE);
    }
  }

  @Test
  void isNotRunAgainAndItsProductsAreCountedOnce() {
    long[] plain = operations(false);
    long[] recomputed = operations(true);
    assertArrayEquals(plain, recomputed);
    assertEquals(2 * 2 * 5 * 4 * 8, plain[0]); // two products of 5 by 4 by 8, 2 operations each
    assertEquals(plain[0], plain[1]);
    assertEquals(1, timesForward(false));
    assertEquals(1, timesForward(true));
  }

  private static long[] operations(boolean recomputes) {
    long[] counts = new long[2];
    Flops.Counter counter =
        new Flops.Counter() {
          @Override
          public void forward(long operations) {
            counts[0] += operations;
          }

          @Override
          public void backward(long operations) {
            counts[1] += operations;
          }
        };
    try (PointerScope scope = new PointerScope()) {
      Linear up = new Linear("up", Noise.randn(1, 8, 4), null);
      Linear down = new Linear("down", Noise.randn(2, 4, 8), null);
      Tensor x = Noise.randn(3, 5, 4);
      Flops.counting(
          counter,
          () ->
              gradients(
                  recomputes,
                  in -> Blocks.run(up::forward, Nonlinearity.GELU.then(down), in[0]),
                  x));
    }
    return counts;
  }

  private static int timesForward(boolean recomputes) {
    int[] times = new int[1];
    Ending counted =
        new Ending() {
          @Override
          public Tensor forward(Tensor u) {
            times[0]++;
            return Ops.mul(u, 3);
          }

          @Override
          public Tensor backward(Tensor u, Tensor dy) {
            return Ops.mul(dy, 3);
          }
        };
    try (PointerScope scope = new PointerScope()) {
      gradients(recomputes, in -> Blocks.run(Tensor::tanh, counted, in[0]), Noise.randn(1, 3));
    }
    return times[0];
  }
}
