package dev.dualprocess.nn;

import static dev.dualprocess.nn.Reference.assertGradient;
import static dev.dualprocess.nn.Reference.assertNear;
import static dev.dualprocess.nn.Reference.assertSame;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.recompute.Blocks;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Two small layers against plain loops, and every way to read a text in pieces. */
class LanguageModelTest {
  private static final int DIM = 5;
  private static final int HEAD = 4;
  private static final int VOCABULARY = 9;
  private static final double EPS = 1e-3;
  private static final Blocks BLOCKS = new Blocks();

  private static Tensor weight(int seed, long... shape) {
    return Ops.mul(Noise.randn(seed, shape), 0.5);
  }

  private static RmsNorm norm(int seed) {
    return new RmsNorm(weight(seed, DIM), EPS);
  }

  private static DecoderLayer layer(int seed) {
    return new DecoderLayer(
        norm(seed),
        GroupedQueryAttentionTest.attention(4, 2),
        norm(seed + 1),
        new GatedMlp(
            new Linear("gate_proj", weight(seed + 2, 7, DIM), null),
            new Linear("up_proj", weight(seed + 3, 7, DIM), null),
            new Linear("down_proj", weight(seed + 4, DIM, 7), null)),
        BLOCKS);
  }

  private static LanguageModel model() {
    return new LanguageModel(
        new Embedding(weight(20, VOCABULARY, DIM)),
        List.of(layer(30), layer(40)),
        norm(21),
        new Linear("lm_head", weight(22, VOCABULARY, DIM), null),
        BLOCKS);
  }

  private static RotaryEmbedding rope(int first, int count) {
    return RotaryEmbeddingTest.at(first, count, HEAD);
  }

  /** x ← x + oProj attn(norm x); x ← x + mlp(norm x). */
  private static double[] plain(double[] x, int seed) {
    double[] normed = Reference.rmsNorm(x, weight(seed, DIM), EPS);
    double[] attended =
        Reference.linear(
            GroupedQueryAttentionTest.causal(normed, 4, 2),
            Noise.randn(4, DIM, 4L * HEAD),
            Noise.randn(14, DIM));
    double[] h = Reference.plus(x, 1, attended);
    double[] mlp =
        Reference.gatedMlp(
            Reference.rmsNorm(h, weight(seed + 1, DIM), EPS),
            weight(seed + 2, 7, DIM),
            weight(seed + 3, 7, DIM),
            weight(seed + 4, DIM, 7));
    return Reference.plus(h, 1, mlp);
  }

  /** Rows 1 and 2 get something behind each layer, in one pass and on a cache. */
  @Test
  void featuresAreAddedBehindTheirLayers() {
    try (PointerScope scope = new PointerScope();
        KeyValueCache cache = new KeyValueCache(2)) {
      Tensor x = Noise.randn(5, 6, DIM);
      Tensor first = Noise.randn(6, 2, DIM);
      Tensor second = Noise.randn(7, 2, DIM);
      DeepStack deepStack = new DeepStack(1, List.of(first, second));
      double[] wanted = plain(Reference.values(x), 30);
      add(first, wanted);
      wanted = plain(wanted, 40);
      add(second, wanted);
      assertNear(wanted, model().hidden(x, rope(0, 6), List.of(), deepStack), 1e-5);
      Tensor cached = Memory.noGrad(() -> model().hidden(x, rope(0, 6), cache, deepStack));
      assertNear(wanted, cached, 1e-5);
      for (boolean deeper : new boolean[] {false, true}) {
        assertGradient(
            "feature",
            at ->
                model()
                    .hidden(
                        x,
                        rope(0, 6),
                        List.of(),
                        new DeepStack(1, deeper ? List.of(first, at) : List.of(at, second))),
            deeper ? second : first);
      }
      Tensor alone = model().hidden(x, rope(0, 6));
      assertSame(alone, model().hidden(x, rope(0, 6), List.of(), DeepStack.NONE));
    }
  }

  private static void add(Tensor feature, double[] hidden) {
    double[] values = Reference.values(feature);
    for (int i = 0; i < values.length; i++) {
      hidden[DIM + i] += values[i];
    }
  }

  @Test
  void layersAreWhatTheirEquationsSay() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Noise.randn(5, 6, DIM);
      double[] wanted = plain(plain(Reference.values(x), 30), 40);
      assertNear(wanted, model().hidden(x, rope(0, 6)), 1e-5);
      assertGradient("x", at -> model().hidden(at, rope(0, 6)), x);
    }
  }

  @Test
  void noTokenSeesWhatComesLater() {
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Noise.randn(5, 6, DIM);
      Tensor other = x.clone();
      other.narrow(0, 4, 2).add_(Noise.randn(6, 2, DIM));
      Tensor before = model().hidden(x, rope(0, 6));
      Tensor after = model().hidden(other, rope(0, 6));
      Reference.assertNear(before.narrow(0, 0, 4), after.narrow(0, 0, 4), 1e-6);
      assertTrue(before.narrow(0, 4, 2).sub(after.narrow(0, 4, 2)).norm().item_double() > 0.1);
    }
  }

  @Property(tries = 20)
  void aTextInPiecesIsTheWholeText(
      @ForAll @IntRange(min = 1, max = 4) int first,
      @ForAll @IntRange(min = 1, max = 4) int second,
      @ForAll @IntRange(min = 1, max = 4) int third) {
    int all = first + second + third;
    try (PointerScope scope = new PointerScope();
        KeyValueCache cache = new KeyValueCache(2)) {
      Tensor x = Noise.randn(5, all, DIM);
      LanguageModel model = model();
      Memory.withoutGrad(
          () -> {
            Tensor whole = model.hidden(x, rope(0, all));
            Tensor one = piece(model, x, 0, first, cache);
            Tensor two = piece(model, x, first, second, cache);
            List<KeysValues> read = cache.read();
            assertEquals(first + second, read.get(1).keys().size(-2));
            try (KeyValueCache branch = KeyValueCache.after(read, 2)) {
              Tensor three = piece(model, x, first + second, third, cache);
              Reference.assertNear(whole, Ops.cat(0, one, two, three), 2e-6);
              assertSame(three, piece(model, x, first + second, third, branch));
            }
          });
    }
  }

  private static Tensor piece(
      LanguageModel model, Tensor x, int at, int length, KeyValueCache cache) {
    return model.hidden(x.narrow(0, at, length), rope(at, length), cache);
  }

  /** As a text after a kept prompt: gradients flow into both. */
  @Test
  void whatFollowsAKeptPromptIsAsInTheWholeText() {
    try (PointerScope scope = new PointerScope();
        KeyValueCache cache = new KeyValueCache(2)) {
      Tensor x = Noise.randn(5, 7, DIM);
      LanguageModel model = model();
      Tensor whole = model.hidden(x, rope(0, 7));
      Memory.withoutGrad(() -> piece(model, x, 0, 3, cache));
      List<KeysValues> before = cache.read();
      Tensor rest = x.narrow(0, 3, 4).clone();
      Reference.assertNear(whole.narrow(0, 3, 4), model.hidden(rest, rope(3, 4), before), 2e-6);
      assertGradient("x", at -> model.hidden(at, rope(3, 4), before), rest);
    }
  }

  @Test
  void logitsAreTheHeadOfTheNormedRows() {
    try (PointerScope scope = new PointerScope()) {
      Tensor hidden = Noise.randn(5, 6, DIM);
      LanguageModel model = model();
      double[] all =
          Reference.linear(
              Reference.rmsNorm(Reference.values(hidden), weight(21, DIM), EPS),
              weight(22, VOCABULARY, DIM),
              null);
      for (long[] rows : new long[][] {{2, 3, 4}, {5, 0}, {1, 1}, {5}}) {
        double[] wanted = new double[rows.length * VOCABULARY];
        for (int i = 0; i < wanted.length; i++) {
          wanted[i] = all[(int) rows[i / VOCABULARY] * VOCABULARY + i % VOCABULARY];
        }
        assertNear(wanted, model.logits(hidden, rows), 2e-6);
      }
    }
  }

  @Test
  void aClosedCacheKeepsNothing() {
    LanguageModel[] model = new LanguageModel[1];
    try (PointerScope scope = new PointerScope()) {
      model[0] = model();
      Tensor x = Noise.randn(5, 4, DIM);
      read(model[0], x);
      long before = Pointer.totalCount();
      read(model[0], x);
      assertEquals(before, Pointer.totalCount());
    }
  }

  private static void read(LanguageModel model, Tensor x) {
    try (PointerScope scope = new PointerScope();
        KeyValueCache cache = new KeyValueCache(2)) {
      Memory.withoutGrad(
          () -> {
            piece(model, x, 0, 3, cache);
            piece(model, x, 3, 1, cache);
          });
    }
  }
}
