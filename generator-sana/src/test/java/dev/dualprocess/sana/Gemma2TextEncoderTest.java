package dev.dualprocess.sana;

import static dev.dualprocess.testing.Golden.relativeError;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.weights.Weights;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who sees whom in Gemma-2, and the names of the real model. */
class Gemma2TextEncoderTest {
  private static final String FULL = "gemma-2-2b";

  /** A window of this test's own, and a text that is longer. */
  private static final int WINDOW = 24;

  private static final int LENGTH = 2 * WINDOW + 9;

  private static SanaTextModel model;

  @BeforeAll
  static void load() throws IOException {
    model = SanaTextFixtures.model();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static long[] ids(int length) {
    long[] ids = new long[length];
    for (int i = 0; i < length; i++) {
      ids[i] = (7L * i * i + 3L * i + 2) % model.gemma().config().vocabSize();
    }
    return ids;
  }

  private static Tensor states(Gemma2TextEncoder gemma, long[] ids, int count) {
    SanaTokens tokens = SanaTokens.of(ids, count);
    return gemma.forward(tokens.ids(), tokens.mask());
  }

  @Test
  void aTokenSeesWhatStandsBeforeItAlone() {
    try (PointerScope scope = new PointerScope()) {
      long[] ids = ids(LENGTH);
      Tensor all = states(model.gemma(), ids, ids.length);
      int part = LENGTH - 5;
      Tensor first = states(model.gemma(), Arrays.copyOf(ids, part), part);
      assertTrue(relativeError(all.narrow(1, 0, part), first) < 1e-5);
      Tensor padded = states(model.gemma(), ids, part);
      assertTrue(relativeError(first, padded.narrow(1, 0, part)) < 1e-5);
    }
  }

  /** A wide window is no window; a narrow one changes what lies beyond it, and only that. */
  @Test
  void slidingLayersSeeTheirWindowOnly() {
    Gemma2TextEncoder narrow = withWindow(WINDOW);
    Gemma2TextEncoder wide = withWindow(LENGTH);
    Gemma2TextEncoder none = withWindow(null);
    try (PointerScope scope = new PointerScope()) {
      long[] ids = ids(LENGTH);
      Tensor inWindow = states(narrow, ids, ids.length);
      Tensor unbounded = states(none, ids, ids.length);
      assertEquals(0, relativeError(unbounded, states(wide, ids, ids.length)));
      long beyond = LENGTH - WINDOW;
      assertTrue(
          relativeError(unbounded.narrow(1, 0, WINDOW), inWindow.narrow(1, 0, WINDOW)) < 1e-6);
      assertTrue(
          relativeError(unbounded.narrow(1, WINDOW, beyond), inWindow.narrow(1, WINDOW, beyond))
              > 1e-3);
    }
  }

  private static Gemma2TextEncoder withWindow(Integer window) {
    Gemma2Config c = model.gemma().config();
    Gemma2Config changed =
        new Gemma2Config(
            c.vocabSize(),
            c.hiddenSize(),
            c.intermediateSize(),
            c.numHiddenLayers(),
            c.numAttentionHeads(),
            c.numKeyValueHeads(),
            c.headDim(),
            c.queryPreAttnScalar(),
            c.rmsNormEps(),
            c.ropeTheta(),
            c.ropeType(),
            c.attnLogitSoftcapping(),
            window,
            c.layerTypes(),
            c.attentionBias(),
            c.useBidirectionalAttention(),
            c.hiddenActivation(),
            c.bosTokenId());
    Gemma2TextEncoder g = model.gemma();
    return new Gemma2TextEncoder(changed, g.embedTokens(), g.layers(), g.norm());
  }

  @Test
  void textsOfOneBatchDoNotSeeEachOther() {
    try (PointerScope scope = new PointerScope()) {
      long[] one = ids(20);
      long[] two = Arrays.copyOfRange(ids(40), 20, 40);
      SanaTokens first = SanaTokens.of(one, 20);
      SanaTokens second = SanaTokens.of(two, 11);
      Tensor both =
          model
              .gemma()
              .forward(
                  Ops.cat(0, first.ids(), second.ids()), Ops.cat(0, first.mask(), second.mask()));
      assertTrue(relativeError(states(model.gemma(), one, 20), both.narrow(0, 0, 1)) < 1e-5);
      assertTrue(relativeError(states(model.gemma(), two, 11), both.narrow(0, 1, 1)) < 1e-5);
    }
  }

  @Test
  void theRealModelHasTheseTensors() throws IOException {
    Map<String, List<Long>> wanted = new TreeMap<>();
    JsonNode listed = Fixtures.json(Fixtures.fullsize(FULL + ".json")).path("tensors");
    for (Map.Entry<String, JsonNode> tensor : listed.properties()) {
      List<Long> shape = new ArrayList<>();
      tensor.getValue().forEach(size -> shape.add(size.asLong()));
      wanted.put(Gemma2TextEncoder.rename(tensor.getKey()), shape);
    }
    try (PointerScope scope = new PointerScope();
        TensorOwner owner = new TensorOwner()) {
      Weights meta = Weights.meta(owner);
      Gemma2TextEncoder.load(meta, Gemma2Config.read(Fixtures.fullsize(FULL + ".config.json")));
      assertEquals(wanted, meta.asked());
    }
  }

  @Test
  void aWholeLanguageModelsNamesAreUnderstood() {
    assertEquals("layers.3.mlp", Gemma2TextEncoder.rename("model.layers.3.mlp"));
    assertEquals("norm.weight", Gemma2TextEncoder.rename("norm.weight"));
    assertNull(Gemma2TextEncoder.rename("lm_head.weight"));
  }
}
