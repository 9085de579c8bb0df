package dev.dualprocess.vqa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.nn.Embedding;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.nn.RotaryEmbedding;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.testing.Golden;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Prompts prepared once, the one used longest ago forgotten first. */
class RecentCacheTest {
  private static final int MOST = 16;

  /** Text 3 1, an image of two tokens, text 2; each token's vector is its id. */
  private static PreparedPrompt prepare() {
    Embedding table = new Embedding(Ops.floats(new float[] {0, 1, 2, 3, 4}, 5, 1));
    LanguageModel model = new LanguageModel(table, List.of(), null, null, null);
    return PreparedPrompt.of(
        new long[] {3, 1, 4, 4, 2},
        List.of(new ImageSpan(2, 2)),
        (first, end) ->
            RotaryEmbedding.ofAngles(Ops.arangeFloat(end - first, table.weight().device())),
        model);
  }

  @Test
  void textStandsAroundTheImage() {
    try (PointerScope scope = new PointerScope();
        PreparedPrompt prompt = prepare()) {
      Tensor x = prompt.following(Ops.floats(new float[] {-1, -2}, 2, 1));
      Golden.assertClose("after", Ops.floats(new float[] {-1, -2, 2}, 3, 1), x, 0);
      Tensor whole = prompt.whole(x);
      Golden.assertClose("whole", Ops.floats(new float[] {3, 1, -1, -2, 2}, 5, 1), whole, 0);
      assertEquals(5, prompt.length());
      assertEquals(6, prompt.rope().cos().size(0));
    }
  }

  @Test
  void forgetsWhatWasUsedLongestAgo() {
    try (PointerScope scope = new PointerScope();
        RecentCache<Integer, PreparedPrompt> cache = new RecentCache<>(PreparedPrompt::close)) {
      PreparedPrompt first = cache.get(0, RecentCacheTest::prepare);
      PreparedPrompt second = cache.get(1, RecentCacheTest::prepare);
      for (int i = 2; i < MOST; i++) {
        cache.get(i, RecentCacheTest::prepare);
      }
      assertSame(first, cache.get(0, RecentCacheTest::prepare));
      RotaryEmbedding rope = second.rope();
      cache.get(MOST, RecentCacheTest::prepare);
      assertTrue(rope.cos().isNull(), "the second is freed");
      assertFalse(first.rope().cos().isNull(), "the first was used since");
      assertSame(first, cache.get(0, RecentCacheTest::prepare));
      assertNotSame(second, cache.get(1, RecentCacheTest::prepare));
    }
  }
}
