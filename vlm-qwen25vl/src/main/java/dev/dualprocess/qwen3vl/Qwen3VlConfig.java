package dev.dualprocess.qwen3vl;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.qwen.QwenConfigFile;
import dev.dualprocess.qwen.TextConfig;
import java.io.IOException;
import java.nio.file.Path;

/**
 * config.json of a Qwen3-VL checkpoint, in the form of transformers 5 or that of the hub. What it
 * leaves out has the published classes' defaults.
 *
 * @param text the language model
 * @param vision the vision tower
 * @param imageTokenId the token that holds an image token's place in a prompt
 */
record Qwen3VlConfig(TextConfig text, VisionConfig vision, long imageTokenId) {
  Qwen3VlConfig {
    QwenConfigFile.requireWidth(vision.outHiddenSize(), text);
  }

  static Qwen3VlConfig read(Path path) throws IOException {
    return QwenConfigFile.read(
        path,
        file ->
            new Qwen3VlConfig(
                file.as(textFields(file), TextConfig.class),
                file.as(file.vision(visionDefaults()), VisionConfig.class),
                file.imageTokenId()));
  }

  private static ObjectNode textFields(QwenConfigFile file) {
    ObjectNode text = file.text(textDefaults());
    if (text.path("attention_bias").asBoolean()) {
      throw new IllegalArgumentException("attention_bias is not supported");
    }
    ObjectNode rope = (ObjectNode) text.get("rope_parameters");
    if (!rope.hasNonNull("mrope_section")) {
      rope.putArray("mrope_section").add(24).add(20).add(20);
    }
    return text;
  }

  private static ObjectNode textDefaults() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("vocab_size", 151_936)
        .put("hidden_size", 4096)
        .put("intermediate_size", 22_016)
        .put("num_hidden_layers", 32)
        .put("num_attention_heads", 32)
        .put("num_key_value_heads", 32)
        .put("head_dim", 128)
        .put("rms_norm_eps", 1e-6)
        .put("rope_theta", 5e6)
        .put("max_position_embeddings", 128_000)
        .put("hidden_act", "silu");
  }

  private static ObjectNode visionDefaults() {
    ObjectNode vision =
        JsonNodeFactory.instance
            .objectNode()
            .put("depth", 27)
            .put("hidden_size", 1152)
            .put("intermediate_size", 4304)
            .put("num_heads", 16)
            .put("in_channels", 3)
            .put("patch_size", 16)
            .put("spatial_merge_size", 2)
            .put("temporal_patch_size", 2)
            .put("out_hidden_size", 3584)
            .put("num_position_embeddings", 2304)
            .put("hidden_act", "gelu_pytorch_tanh");
    vision.putArray("deepstack_visual_indexes").add(8).add(16).add(24);
    return vision;
  }
}
