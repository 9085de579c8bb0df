package dev.dualprocess.recompute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.nn.Conv2d;
import dev.dualprocess.nn.Linear;
import dev.dualprocess.nn.LowRankBranch;
import dev.dualprocess.tensor.Flops;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a block ends in carries gradients back as libtorch's own graph does. */
class LastMapTest {
  private static final float CLOSE = 1e-5f;

  /** The gradients of all leaves, by the tape with recompute or by one graph. */
  private static List<float[]> gradients(
      boolean recomputes, BiFunction<Blocks, Tensor[], Tensor> pass, Tensor... values) {
    Blocks blocks = new Blocks();
    try (PointerScope scope = new PointerScope();
        Tape tape = new Tape(blocks, recomputes, true)) {
      Tensor[] leaves = Arrays.stream(values).map(v -> Ops.leaf(v.clone())).toArray(Tensor[]::new);
      Tensor y = tape.record(() -> pass.apply(blocks, leaves));
      tape.backward(y, Noise.randn(99, y.shape()));
      List<float[]> gradients = new ArrayList<>();
      for (Tensor leaf : leaves) {
        gradients.add(Ops.toFloats(leaf.grad()));
      }
      return gradients;
    }
  }

  private static void assertSameGradients(
      BiFunction<Blocks, Tensor[], Tensor> pass, Tensor... values) {
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
          (blocks, in) -> {
            Linear last = new Linear("last", weight, null);
            last.attach(new LowRankBranch(in[1], in[2], 0.5));
            return blocks.run(
                x -> {
                  Tensor u = x.tanh().repeat(1, 2).narrow(1, 0, 6);
                  return x.add(blocks.last(last, u));
                },
                in[0]);
          },
          Noise.randn(2, 5, 4),
          Noise.randn(3, 2, 6),
          Noise.randn(4, 4, 2));
    }
  }

  /** Both streams read h, which is the result of another residual branch inside the block. */
  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void ofTwoStreamsWithGates(boolean gatesLearn, boolean branchesLearn) {
    try (PointerScope scope = new PointerScope()) {
      Tensor given = Noise.randn(4, 1, 4);
      Linear first = new Linear("first", Noise.randn(8, 4, 4), null);
      assertSameGradients(
          (blocks, in) -> {
            Linear a = new Linear("a", Noise.randn(1, 4, 4), Noise.randn(2, 4));
            Linear b = new Linear("b", Noise.randn(3, 4, 4), null);
            if (branchesLearn) {
              a.attach(new LowRankBranch(in[3], in[4], 2));
            }
            Tensor[] y =
                blocks.runAll(
                    x -> {
                      Tensor h = x[0].add(first.forward(x[1].tanh()));
                      Tensor ya = blocks.last(a, h.mul(x[1]), x[2]);
                      Tensor yb = blocks.last(b, h.add(x[1]), x[2]);
                      return new Tensor[] {Ops.gated(h, x[2], ya), Ops.gated(x[1], x[2], yb)};
                    },
                    in[0],
                    in[1],
                    gatesLearn ? in[2] : given);
            // All leaves have a gradient either way.
            Tensor others = in[2].add(in[3].sum()).add(in[4].sum());
            return y[0].add(y[1].tanh()).add(others);
          },
          Noise.randn(5, 3, 4),
          Noise.randn(6, 3, 4),
          Noise.randn(7, 1, 4),
          Noise.randn(9, 2, 4),
          Noise.randn(10, 4, 2));
    }
  }

  @Test
  void ofAnInputItself() {
    try (PointerScope scope = new PointerScope()) {
      Linear map = new Linear("map", Noise.randn(1, 8, 4), null);
      assertSameGradients(
          (blocks, in) -> blocks.run(x -> blocks.last(map, x), Ops.mul(in[0], 2)),
          Noise.randn(2, 5, 4));
      assertSameGradients(
          (blocks, in) -> blocks.run(x -> blocks.last(map, x), in[0]), Noise.randn(3, 5, 4));
    }
  }

  /** One of two streams is not read by anybody. */
  @Test
  void ofAnOutputThatHasNoGradient() {
    try (PointerScope scope = new PointerScope()) {
      Linear a = new Linear("a", Noise.randn(1, 4, 4), null);
      assertSameGradients(
          (blocks, in) ->
              blocks
                  .runAll(
                      x ->
                          new Tensor[] {
                            x[0].add(blocks.last(a, x[0].tanh())), blocks.last(a, x[0].sin())
                          },
                      in[0])[0],
          Noise.randn(2, 5, 4));
    }
  }

  /** A block within a block gives its whole value, whatever the outer one makes of it. */
  @Test
  void ofABlockWithinABlock() {
    try (PointerScope scope = new PointerScope()) {
      Linear a = new Linear("a", Noise.randn(1, 4, 4), null);
      assertSameGradients(
          (blocks, in) ->
              blocks.run(
                  x -> {
                    Tensor h = blocks.run(inner -> blocks.last(a, inner), x);
                    return x.add(blocks.last(a, h.tanh()));
                  },
                  in[0]),
          Noise.randn(2, 5, 4));
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
          (blocks, in) ->
              blocks.run(x -> shortcut.forward(x).add(blocks.last(conv, x.tanh())), in[0]),
          Noise.randn(4, 2, 4, 5, 7));
    }
  }

  @Test
  void isNotRunAgainAndItsProductsAreCountedOnce() {
    long[] plain = operations(false);
    long[] recomputed = operations(true);
    assertArrayEquals(plain, recomputed);
    assertEquals(2 * 2 * 5 * 4 * 8, plain[0]); // two products of 5 by 4 by 8, 2 operations each
    assertEquals(plain[0], plain[1]);
    assertEquals(1, timesForward(false, false));
    assertEquals(1, timesForward(true, false));
  }

  @Test
  void isRunAgainWhereAFactorWantsAGradient() {
    assertEquals(1, timesForward(false, true));
    assertEquals(2, timesForward(true, true));
  }

  /** Whoever does more with y than he may is told by his gradients. */
  @Test
  void isNaNWhereItsValueWouldCount() {
    try (PointerScope scope = new PointerScope()) {
      Linear a = new Linear("a", Noise.randn(1, 4, 4), null);
      float[] gradient =
          gradients(
                  true,
                  (blocks, in) -> blocks.run(x -> blocks.last(a, x).square(), in[0]),
                  Noise.randn(2, 5, 4))
              .get(0);
      assertTrue(Float.isNaN(gradient[0]));
    }
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
                  (blocks, in) ->
                      blocks.run(h -> blocks.last(down, Ops.gelu(up.forward(h))), in[0]),
                  x));
    }
    return counts;
  }

  private static int timesForward(boolean recomputes, boolean factorLearns) {
    int[] times = new int[1];
    LastMap counted =
        new LastMap() {
          @Override
          public Tensor forward(Tensor u) {
            times[0]++;
            return Ops.mul(u, 3);
          }

          @Override
          public long[] shape(Tensor u) {
            return u.shape();
          }

          @Override
          public Tensor backward(Tensor u, Tensor dy) {
            return Ops.mul(dy, 3);
          }
        };
    try (PointerScope scope = new PointerScope()) {
      Tensor given = Noise.randn(2, 3);
      gradients(
          recomputes,
          (blocks, in) ->
              blocks
                  .run(
                      x -> x[1].mul(blocks.last(counted, x[0].tanh(), x[1])),
                      in[0],
                      factorLearns ? in[1] : given)
                  .add(in[1]),
          Noise.randn(1, 3),
          Noise.randn(3, 3));
    }
    return times[0];
  }
}
