package dev.dualprocess.weights;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableMap;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prefix views of a checkpoint, and what they tell of one that does not fit. */
class WeightsTest {
  @TempDir Path folder;
  private final TensorOwner owner = new TensorOwner();
  private Path path;
  private Checkpoint checkpoint;

  @BeforeEach
  void writeACheckpoint() throws IOException {
    path = folder.resolve("model.safetensors");
    try (PointerScope scope = new PointerScope()) {
      SafeTensorsWriter.write(
          path,
          ImmutableMap.of(
              "blocks.0.weight", Ops.floats(new float[] {1, 2, 3, 4, 5, 6}, 2, 3),
              "blocks.0.bias", Ops.floats(new float[] {7, 8}, 2),
              "blocks.10.ids", Ops.longs(new long[] {9}, 1)),
          Map.of());
    }
    checkpoint = Checkpoint.openSingle(path);
  }

  @AfterEach
  void close() {
    checkpoint.close();
    owner.close();
  }

  @Test
  void viewsWalkTheKeys() throws IOException {
    Weights all = Weights.of(checkpoint, Placement.CPU, owner);
    Weights block = all.in("blocks").in(0);
    assertEquals("", all.path());
    assertEquals("blocks.0", block.path());
    assertEquals("blocks.0.weight", block.key("weight"));
    assertTrue(block.has("bias"));
    assertFalse(block.has("ids"));
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, Ops.toFloats(block.tensor("weight", 2, 3)));
    assertArrayEquals(new float[] {7, 8}, Ops.toFloats(block.tensor("bias", 2)));
    assertArrayEquals(new long[] {9}, Ops.toLongs(all.in("blocks.10").tensor("ids", 1)));
    all.requireComplete();
    assertEquals(
        Map.of(
            "blocks.0.weight", List.of(2L, 3L),
            "blocks.0.bias", List.of(2L),
            "blocks.10.ids", List.of(1L)),
        all.asked());
  }

  @Test
  void tensorsOutliveCheckpointAndScopeUntilTheirOwnerCloses() {
    Tensor bias;
    try (PointerScope scope = new PointerScope()) {
      bias = Weights.of(checkpoint, Placement.CPU, owner).in("blocks.0").tensor("bias", 2);
    }
    checkpoint.close();
    assertArrayEquals(new float[] {7, 8}, Ops.toFloats(bias));
    assertEquals(2 * Float.BYTES, owner.bytes());
    owner.close();
    assertTrue(bias.isNull());
  }

  @Test
  void floatsTakeThePlacementsTypeAndIntegersKeepTheirs() {
    Weights half = Weights.of(checkpoint, new Placement("cpu", Dtype.BFLOAT16), owner);
    assertEquals(Dtype.BFLOAT16, Dtype.of(half.tensor("blocks.0.bias", 2)));
    assertEquals(Dtype.INT64, Dtype.of(half.tensor("blocks.10.ids", 1)));
  }

  @Test
  void allThatDoesNotFitIsToldInOneLine() {
    Weights weights = Weights.of(checkpoint, Placement.CPU, owner);
    Tensor placeholder = weights.in("blocks.0").tensor("weight", 3, 2);
    assertArrayEquals(new long[] {3, 2}, placeholder.shape());
    weights.tensor("norm.weight", 4);
    weights.tensor("blocks.0.bias", 2);
    assertRefused(
        CheckpointException.class,
        weights::requireComplete,
        path,
        "blocks.0.weight is [2, 3], expected [3, 2]",
        "missing norm.weight [4]",
        "unexpected blocks.10.ids");
  }

  @Test
  void aLongListIsCutAndCounted() {
    Weights weights = Weights.of(checkpoint, Placement.CPU, owner);
    for (int i = 0; i < 20; i++) {
      weights.tensor("gone." + i, 1);
    }
    assertRefused(
        CheckpointException.class, weights::requireComplete, "missing gone.0 [1]", "15 more");
  }

  @Test
  void keysMayBeLeftUnreadIfTheyAreNamed() throws IOException {
    Weights weights = Weights.of(checkpoint, Placement.CPU, owner);
    weights.tensor("blocks.0.weight", 2, 3);
    weights.requireComplete(Set.of("blocks.0.bias", "blocks.10.ids"));
    assertRefused(
        CheckpointException.class,
        () -> weights.requireComplete(Set.of("blocks.0.bias")),
        "unexpected blocks.10.ids");
  }

  @Test
  void storedKeysMayBeRenamedOrPassedOver() throws IOException {
    Weights weights =
        Weights.of(
            checkpoint,
            Placement.CPU,
            owner,
            name -> name.endsWith("ids") ? null : name.replace("blocks.", "layers."));
    assertArrayEquals(new float[] {7, 8}, Ops.toFloats(weights.tensor("layers.0.bias", 2)));
    assertFalse(weights.has("blocks.0.bias"));
    weights.tensor("layers.0.weight", 2, 3);
    weights.requireComplete();
  }

  @Test
  void onTheMetaDeviceThereAreShapesButNoMemory() throws IOException {
    Weights meta = Weights.meta(owner);
    Tensor huge = meta.in("b").tensor("weight", 1_000_000, 1_000_000);
    meta.in("a").tensor("bias");
    assertTrue(huge.is_meta());
    assertArrayEquals(new long[] {1_000_000, 1_000_000}, huge.shape());
    assertFalse(meta.has("b.weight"));
    meta.requireComplete();
    assertEquals(List.of("a.bias", "b.weight"), List.copyOf(meta.asked().keySet()));
    assertEquals(List.of(1_000_000L, 1_000_000L), meta.asked().get("b.weight"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.layers.0.self_attn.rotary_emb.inv_freq",
        "visual.rotary_pos_emb.inv_freq",
        "rotary_emb.original_inv_freq",
        "text_model.embeddings.position_ids",
      })
  void tablesThatAModelComputesMayBeThere(String key) throws IOException {
    withOneMore(key).requireComplete();
  }

  @ParameterizedTest
  @ValueSource(strings = {"inv_freq", "a.freqs", "a.position_embedding", "block.bias"})
  void anythingElseIsUnexpected(String key) throws IOException {
    Weights weights = withOneMore(key);
    assertRefused(CheckpointException.class, weights::requireComplete, "unexpected " + key);
  }

  private Weights withOneMore(String key) throws IOException {
    Path more = folder.resolve("more.safetensors");
    HandMade.write(
        more,
        ImmutableMap.of(
            "w", HandMade.floats(List.of(1), 1), key, HandMade.floats(List.of(2), 1, 2)));
    try (Checkpoint file = Checkpoint.openSingle(more)) {
      Weights weights = Weights.of(file, Placement.CPU, owner);
      weights.tensor("w", 1);
      return weights;
    }
  }
}
