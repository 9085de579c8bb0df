package dev.dualprocess.idefics2;

import dev.dualprocess.config.Counts;
import dev.dualprocess.config.Reals;

/**
 * {@code vision_config} of config.json.
 *
 * @param hiddenSize width D of a patch token
 * @param intermediateSize width inside the MLP
 * @param numHiddenLayers number of layers
 * @param numAttentionHeads attention heads
 * @param numChannels colour channels
 * @param imageSize side of the largest image the table of positions was made for, in pixels
 * @param patchSize side of a patch in pixels
 * @param hiddenAct activation of the MLP
 * @param layerNormEps epsilon of every norm
 */
record VisionConfig(
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int numChannels,
    int imageSize,
    int patchSize,
    String hiddenAct,
    double layerNormEps) {
  VisionConfig {
    Counts.requireSize("vision hidden_size", hiddenSize);
    Counts.requireSize("vision intermediate_size", intermediateSize);
    Counts.requireLayers("vision num_hidden_layers", numHiddenLayers);
    Counts.requireSize("vision num_attention_heads", numAttentionHeads);
    Counts.requireSize("vision patch_size", patchSize);
    Reals.requireEps("vision layer_norm_eps", layerNormEps);
    if (hiddenSize % numAttentionHeads != 0) {
      throw new IllegalArgumentException(
          "vision hidden_size %d is not a multiple of num_attention_heads %d"
              .formatted(hiddenSize, numAttentionHeads));
    }
    if (imageSize < patchSize) {
      throw new IllegalArgumentException(
          "vision image_size %d is less than patch_size %d".formatted(imageSize, patchSize));
    }
    Counts.requireSize(
        "the square of vision image_size over patch_size",
        (long) positionsPerSide(imageSize, patchSize) * positionsPerSide(imageSize, patchSize));
    if (numChannels != 3) {
      throw new IllegalArgumentException("vision num_channels %d: not 3".formatted(numChannels));
    }
    Idefics2Config.requireActivation("vision", hiddenAct, "gelu_pytorch_tanh");
  }

  /** Rows, and columns, of the table of positions. */
  int positionsPerSide() {
    return positionsPerSide(imageSize, patchSize);
  }

  private static int positionsPerSide(int imageSize, int patchSize) {
    return imageSize / patchSize;
  }
}
