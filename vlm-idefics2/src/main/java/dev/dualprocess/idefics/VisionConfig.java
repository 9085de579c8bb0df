package dev.dualprocess.idefics;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.Counts;
import dev.dualprocess.config.JsonFields;
import dev.dualprocess.config.Reals;
import java.io.IOException;

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
public record VisionConfig(
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int numChannels,
    int imageSize,
    int patchSize,
    String hiddenAct,
    double layerNormEps) {
  /** Checks the sizes. */
  public VisionConfig {
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
    Activation.require("vision", hiddenAct, "gelu_pytorch_tanh");
  }

  /**
   * Reads the vision tower's part of config.json, which leaves out what equals the defaults of the
   * published class.
   *
   * @param hiddenSize of that class
   * @param heads of that class
   */
  public static VisionConfig read(ConfigFile file, int hiddenSize, int heads) throws IOException {
    ObjectNode published =
        JsonNodeFactory.instance
            .objectNode()
            .put("hidden_size", hiddenSize)
            .put("intermediate_size", 3072)
            .put("num_hidden_layers", 12)
            .put("num_attention_heads", heads)
            .put("num_channels", 3)
            .put("image_size", 224)
            .put("patch_size", 32)
            .put("hidden_act", "gelu_pytorch_tanh")
            .put("layer_norm_eps", 1e-6);
    return file.as(
        JsonFields.over(published, file.root().path("vision_config")), VisionConfig.class);
  }

  /** Rows, and columns, of the table of positions. */
  public int positionsPerSide() {
    return positionsPerSide(imageSize, patchSize);
  }

  private static int positionsPerSide(int imageSize, int patchSize) {
    return imageSize / patchSize;
  }
}
