package dev.dualprocess.nn;

import static dev.dualprocess.nn.Reference.assertGradient;
import static dev.dualprocess.nn.Reference.assertNear;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Scores and weighted sums in plain loops; what a past changes: nothing. */
class GroupedQueryAttentionTest {
  private static final int DIM = 5;
  private static final int HEAD = 4;

  static GroupedQueryAttention attention(int heads, int kvHeads) {
    return new GroupedQueryAttention(
        linear("q_proj", 1, heads * HEAD, DIM),
        linear("k_proj", 2, kvHeads * HEAD, DIM),
        linear("v_proj", 3, kvHeads * HEAD, DIM),
        linear("o_proj", 4, DIM, heads * HEAD),
        heads,
        kvHeads);
  }

  private static Linear linear(String path, int seed, int out, int in) {
    return new Linear(path, Noise.randn(seed, out, in), Noise.randn(seed + 10, out));
  }

  /**
   * The attention of L queries over Lk keys, q [L, H d], k and v [Lk, Hkv d]: to [L, H d].
   *
   * @param causal whether the queries are the last of the keys' tokens and see what is before them
   */
  static double[] attend(
      double[] q, double[] k, double[] v, int heads, int kvHeads, boolean causal) {
    int length = q.length / (heads * HEAD);
    int keys = k.length / (kvHeads * HEAD);
    double[] y = new double[q.length];
    for (int row = 0; row < length; row++) {
      for (int h = 0; h < heads; h++) {
        int shared = h / (heads / kvHeads);
        int seen = causal ? keys - length + row + 1 : keys;
        double[] weight = new double[seen];
        double sum = 0;
        for (int j = 0; j < seen; j++) {
          double score = 0;
          for (int i = 0; i < HEAD; i++) {
            score += q[(row * heads + h) * HEAD + i] * k[(j * kvHeads + shared) * HEAD + i];
          }
          weight[j] = Math.exp(score / Math.sqrt(HEAD));
          sum += weight[j];
        }
        for (int j = 0; j < seen; j++) {
          for (int i = 0; i < HEAD; i++) {
            y[(row * heads + h) * HEAD + i] +=
                weight[j] / sum * v[(j * kvHeads + shared) * HEAD + i];
          }
        }
      }
    }
    return y;
  }

  /** Of [L, heads d], whose rows are positions. */
  private static double[] turned(double[] x, int heads) {
    int length = x.length / (heads * HEAD);
    double[] y = new double[x.length];
    for (int h = 0; h < heads; h++) {
      double[] one = new double[length * HEAD];
      for (int i = 0; i < one.length; i++) {
        one[i] = x[(i / HEAD * heads + h) * HEAD + i % HEAD];
      }
      double[] turned = RotaryEmbeddingTest.turned(one, 0, length, HEAD);
      for (int i = 0; i < one.length; i++) {
        y[(i / HEAD * heads + h) * HEAD + i % HEAD] = turned[i];
      }
    }
    return y;
  }

  /**
   * What the output map reads for x [L, D] at positions 0 to L-1, each seeing what is before it.
   */
  static double[] causal(double[] x, int heads, int kvHeads) {
    return attend(
        turned(mapped(x, 1, heads), heads),
        turned(mapped(x, 2, kvHeads), kvHeads),
        mapped(x, 3, kvHeads),
        heads,
        kvHeads,
        true);
  }

  /** What the output map gives for what it reads. */
  private static double[] output(double[] attended, int heads) {
    return Reference.linear(
        attended, Noise.randn(4, DIM, (long) heads * HEAD), Noise.randn(14, DIM));
  }

  private static double[] mapped(double[] x, int seed, int heads) {
    int out = heads * HEAD;
    return Reference.linear(x, Noise.randn(seed, out, DIM), Noise.randn(seed + 10, out));
  }

  @Property(tries = 25)
  void causalIsThePlainSum(
      @ForAll @IntRange(min = 1, max = 3) int kvHeads,
      @ForAll @IntRange(min = 1, max = 3) int shared,
      @ForAll @IntRange(min = 1, max = 7) int length) {
    try (PointerScope scope = new PointerScope()) {
      int heads = kvHeads * shared;
      Tensor x = Noise.randn(5, length, DIM);
      Tensor y = attention(heads, kvHeads).causal(x, RotaryEmbeddingTest.at(0, length, HEAD), null);
      assertArrayEquals(new long[] {length, DIM}, y.shape());
      assertNear(output(causal(Reference.values(x), heads, kvHeads), heads), y, 5e-6);
    }
  }

  @Property(tries = 20)
  void headsAreNormedBeforeTheyAreTurned(
      @ForAll @IntRange(min = 1, max = 3) int kvHeads,
      @ForAll @IntRange(min = 1, max = 3) int shared,
      @ForAll @IntRange(min = 1, max = 5) int length) {
    try (PointerScope scope = new PointerScope()) {
      int heads = kvHeads * shared;
      double eps = 1e-3;
      Tensor ofQueries = Noise.randn(7, HEAD);
      Tensor ofKeys = Noise.randn(8, HEAD);
      GroupedQueryAttention plain = attention(heads, kvHeads);
      GroupedQueryAttention normed =
          new GroupedQueryAttention(
              plain.qProj(),
              plain.kProj(),
              plain.vProj(),
              plain.oProj(),
              new RmsNorm(ofQueries, eps),
              new RmsNorm(ofKeys, eps),
              heads,
              kvHeads);
      Tensor x = Noise.randn(5, length, DIM);
      double[] values = Reference.values(x);
      double[] wanted =
          attend(
              turned(Reference.rmsNorm(mapped(values, 1, heads), ofQueries, eps), heads),
              turned(Reference.rmsNorm(mapped(values, 2, kvHeads), ofKeys, eps), kvHeads),
              mapped(values, 3, kvHeads),
              heads,
              kvHeads,
              true);
      Tensor y = normed.causal(x, RotaryEmbeddingTest.at(0, length, HEAD), null);
      assertNear(output(wanted, heads), y, 5e-6);
    }
  }

  @Property(tries = 20)
  void acrossEveryTokenSeesAll(
      @ForAll @IntRange(min = 1, max = 3) int shared,
      @ForAll @IntRange(min = 1, max = 5) int length,
      @ForAll @IntRange(min = 1, max = 7) int seen) {
    try (PointerScope scope = new PointerScope()) {
      int heads = 2 * shared;
      Tensor x = Noise.randn(5, length, DIM);
      Tensor other = Noise.randn(6, seen, DIM);
      double[] wanted =
          attend(
              mapped(Reference.values(x), 1, heads),
              mapped(Reference.values(other), 2, 2),
              mapped(Reference.values(other), 3, 2),
              heads,
              2,
              false);
      assertNear(output(wanted, heads), attention(heads, 2).cross(x, other), 5e-6);
    }
  }

  /** Token by token or piece by piece, the past given as it was read. */
  @Property(tries = 25)
  void withAPastAsWithoutOne(
      @ForAll @IntRange(min = 1, max = 6) int before,
      @ForAll @IntRange(min = 1, max = 6) int length,
      @ForAll boolean batched) {
    try (PointerScope scope = new PointerScope()) {
      int all = before + length;
      GroupedQueryAttention attention = attention(4, 2);
      Tensor x = batched ? Noise.randn(5, 2, all, DIM) : Noise.randn(5, all, DIM);
      Tensor whole = attention.causal(x, RotaryEmbeddingTest.at(0, all, HEAD), null);
      KeysValues[] read = new KeysValues[1];
      Past first =
          own -> {
            read[0] = own;
            return own;
          };
      Tensor start =
          attention.causal(x.narrow(-2, 0, before), RotaryEmbeddingTest.at(0, before, HEAD), first);
      Tensor end =
          attention.causal(
              x.narrow(-2, before, length), RotaryEmbeddingTest.at(before, length, HEAD), read[0]);
      Reference.assertNear(whole, Ops.cat(-2, start, end), 2e-6);
    }
  }

  @Test
  void textsOfOneBatchAreOnTheirOwn() {
    try (PointerScope scope = new PointerScope()) {
      GroupedQueryAttention attention = attention(4, 2);
      Tensor x = Noise.randn(5, 2, 3, DIM);
      RotaryEmbedding rope = RotaryEmbeddingTest.at(0, 3, HEAD);
      Tensor both = attention.causal(x, rope, null);
      for (int i = 0; i < 2; i++) {
        Reference.assertNear(attention.causal(x.select(0, i), rope, null), both.select(0, i), 1e-6);
      }
    }
  }

  @Test
  void gradientsAgreeWithFiniteDifferences() {
    try (PointerScope scope = new PointerScope()) {
      GroupedQueryAttention attention = attention(4, 2);
      Tensor x = Noise.randn(5, 3, DIM);
      RotaryEmbedding rope = RotaryEmbeddingTest.at(2, 3, HEAD);
      assertGradient("x", at -> attention.causal(at, rope, null), x);
      Tensor keys = Noise.randn(6, 2, 2, HEAD);
      Tensor values = Noise.randn(7, 2, 2, HEAD);
      KeysValues past = new KeysValues(keys, values);
      assertGradient("x with a past", at -> attention.causal(at, rope, past), x);
      assertGradient(
          "keys before", at -> attention.causal(x, rope, new KeysValues(at, values)), keys);
      assertGradient(
          "values before", at -> attention.causal(x, rope, new KeysValues(keys, at)), values);
      Tensor seen = Noise.randn(8, 4, DIM);
      assertGradient("x across", at -> attention.cross(at, seen), x);
      assertGradient("what is seen", at -> attention.cross(x, at), seen);
    }
  }
}
