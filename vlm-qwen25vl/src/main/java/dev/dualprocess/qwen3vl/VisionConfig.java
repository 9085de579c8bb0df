package dev.dualprocess.qwen3vl;

import dev.dualprocess.config.Counts;
import dev.dualprocess.qwen.PatchRope;
import dev.dualprocess.qwen.PatchShape;
import dev.dualprocess.qwen.TextConfig;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code vision_config} of config.json.
 *
 * @param depth number of blocks
 * @param hiddenSize width D of a patch token
 * @param intermediateSize width inside the MLP
 * @param numHeads attention heads
 * @param inChannels colour channels
 * @param outHiddenSize width of an image token, that of the language model
 * @param patchSize side of a patch in pixels
 * @param temporalPatchSize frames in a patch; a still image is repeated to fill it
 * @param spatialMergeSize side, in patches, of the square that becomes one image token
 * @param numPositionEmbeddings rows of the table of positions, which is a square
 * @param deepstackVisualIndexes the blocks whose outputs the language model's first layers get
 * @param hiddenAct activation of the MLP
 */
record VisionConfig(
    int depth,
    int hiddenSize,
    int intermediateSize,
    int numHeads,
    int inChannels,
    int outHiddenSize,
    int patchSize,
    int temporalPatchSize,
    int spatialMergeSize,
    int numPositionEmbeddings,
    List<Integer> deepstackVisualIndexes,
    @Nullable String hiddenAct) {
  /** Epsilon of every norm; the original fixes it outside its configuration. */
  static final double NORM_EPS = 1e-6;

  VisionConfig {
    deepstackVisualIndexes = List.copyOf(deepstackVisualIndexes);
    Counts.requireLayers("vision depth", depth);
    Counts.requireSize("vision hidden_size", hiddenSize);
    Counts.requireSize("vision intermediate_size", intermediateSize);
    Counts.requireSize("vision num_heads", numHeads);
    Counts.requireSize("vision out_hidden_size", outHiddenSize);
    Counts.requireSize("vision num_position_embeddings", numPositionEmbeddings);
    PatchShape shape = new PatchShape(patchSize, temporalPatchSize, spatialMergeSize);
    Counts.requireSize(
        "the patches of an image token times their width", shape.merged() * hiddenSize);
    PatchRope.requireHeads(hiddenSize, numHeads);
    PatchShape.requireChannels(inChannels);
    requireBlocks(deepstackVisualIndexes, depth);
    TextConfig.requireAct("vision hidden_act", hiddenAct, "gelu_pytorch_tanh");
  }

  private static void requireBlocks(List<Integer> indexes, int depth) {
    boolean known = indexes.stream().allMatch(i -> i >= 0 && i < depth);
    if (!known || Set.copyOf(indexes).size() < indexes.size()) {
      throw new IllegalArgumentException(
          "deepstack_visual_indexes %s: each must be one of the %d blocks, and none twice"
              .formatted(indexes, depth));
    }
  }

  /** What pictures are cut into. */
  PatchShape patches() {
    return new PatchShape(patchSize, temporalPatchSize, spatialMergeSize);
  }

  int headDim() {
    return hiddenSize / numHeads;
  }

  /** Rows and columns of the table of positions. */
  int positionSide() {
    return (int) Math.sqrt(numPositionEmbeddings);
  }
}
