package dev.dualprocess.qwen25vl;

import dev.dualprocess.config.Counts;
import dev.dualprocess.qwen.PatchRope;
import dev.dualprocess.qwen.PatchShape;
import dev.dualprocess.qwen.TextConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code vision_config} of config.json.
 *
 * @param depth number of blocks
 * @param hiddenSize width D of a patch token
 * @param intermediateSize width inside the MLP
 * @param numHeads attention heads
 * @param inChannels colour channels ({@code in_chans} in the older form)
 * @param outHiddenSize width of an image token, that of the language model
 * @param patchSize side of a patch in pixels
 * @param temporalPatchSize frames in a patch; a still image is repeated to fill it
 * @param spatialMergeSize side, in patches, of the square that becomes one image token
 * @param windowSize side of an attention window in pixels
 * @param fullattBlockIndexes the blocks that attend over the whole image
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
    int windowSize,
    List<Integer> fullattBlockIndexes,
    @Nullable String hiddenAct) {
  /** Epsilon of every norm; the original fixes it outside its configuration. */
  static final double NORM_EPS = 1e-6;

  VisionConfig {
    fullattBlockIndexes = List.copyOf(fullattBlockIndexes);
    Counts.requireLayers("vision depth", depth);
    Counts.requireSize("vision hidden_size", hiddenSize);
    Counts.requireSize("vision intermediate_size", intermediateSize);
    Counts.requireSize("vision num_heads", numHeads);
    Counts.requireSize("vision out_hidden_size", outHiddenSize);
    PatchShape shape = new PatchShape(patchSize, temporalPatchSize, spatialMergeSize);
    PatchRope.requireHeads(hiddenSize, numHeads);
    if (windowSize / shape.unit() < 1) {
      throw new IllegalArgumentException(
          "window_size %d is less than one merged token of %d pixels"
              .formatted(windowSize, shape.unit()));
    }
    PatchShape.requireChannels(inChannels);
    TextConfig.requireAct("vision hidden_act", hiddenAct, "silu");
  }

  /** Whether block {@code i} attends over the whole image instead of within windows. */
  boolean attendsWhole(int i) {
    return fullattBlockIndexes.contains(i);
  }

  /** What pictures are cut into. */
  PatchShape patches() {
    return new PatchShape(patchSize, temporalPatchSize, spatialMergeSize);
  }

  int headDim() {
    return hiddenSize / numHeads;
  }

  /** Side of an attention window in image tokens. */
  int windowTokens() {
    return windowSize / spatialMergeSize / patchSize;
  }
}
