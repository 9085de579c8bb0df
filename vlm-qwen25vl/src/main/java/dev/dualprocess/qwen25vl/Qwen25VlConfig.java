package dev.dualprocess.qwen25vl;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.qwen.QwenConfigFile;
import dev.dualprocess.qwen.TextConfig;
import java.io.IOException;
import java.nio.file.Path;

/**
 * config.json of a Qwen2.5-VL checkpoint, in the form of transformers 5 or the flat one of the hub.
 * What it leaves out has the published classes' defaults.
 *
 * @param text the language model
 * @param vision the vision tower
 * @param imageTokenId the token that holds an image token's place in a prompt
 */
record Qwen25VlConfig(TextConfig text, VisionConfig vision, long imageTokenId) {
  Qwen25VlConfig {
    text.ropeParameters().requireHalfOf(text.headWidth());
    QwenConfigFile.requireWidth(vision.outHiddenSize(), text);
  }

  static Qwen25VlConfig read(Path path) throws IOException {
    return QwenConfigFile.read(
        path,
        file ->
            new Qwen25VlConfig(
                file.as(textFields(file), TextConfig.class),
                file.as(visionFields(file), VisionConfig.class),
                file.imageTokenId()));
  }

  /** The width of a head follows from the others, whatever the file says. */
  private static ObjectNode textFields(QwenConfigFile file) {
    return file.text(textDefaults()).without("head_dim");
  }

  private static ObjectNode textDefaults() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("vocab_size", 152_064)
        .put("hidden_size", 8192)
        .put("intermediate_size", 29_568)
        .put("num_hidden_layers", 80)
        .put("num_attention_heads", 64)
        .put("num_key_value_heads", 8)
        .put("rms_norm_eps", 1e-5)
        .put("rope_theta", 1e6)
        .put("max_position_embeddings", 32_768)
        .put("hidden_act", "silu");
  }

  private static ObjectNode visionFields(QwenConfigFile file) {
    ObjectNode vision = file.vision(visionDefaults());
    if (!vision.has("in_channels")) {
      vision.put("in_channels", vision.path("in_chans").asInt(3));
    }
    return vision;
  }

  private static ObjectNode visionDefaults() {
    ObjectNode vision =
        JsonNodeFactory.instance
            .objectNode()
            .put("depth", 32)
            .put("hidden_size", 3584)
            .put("intermediate_size", 3420)
            .put("num_heads", 16)
            .put("patch_size", 14)
            .put("spatial_merge_size", 2)
            .put("temporal_patch_size", 2)
            .put("window_size", 112)
            .put("out_hidden_size", 3584)
            .put("hidden_act", "silu");
    vision.putArray("fullatt_block_indexes").add(7).add(15).add(23).add(31);
    return vision;
  }
}
