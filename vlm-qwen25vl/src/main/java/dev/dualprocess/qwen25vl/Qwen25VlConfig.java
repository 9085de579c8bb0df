package dev.dualprocess.qwen25vl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.JsonFields;
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
  private static final long IMAGE_TOKEN_ID = 151_655;

  Qwen25VlConfig {
    if (vision.outHiddenSize() != text.hiddenSize()) {
      throw new IllegalArgumentException(
          "vision out_hidden_size %d differs from the language model's hidden_size %d"
              .formatted(vision.outHiddenSize(), text.hiddenSize()));
    }
  }

  static Qwen25VlConfig read(Path path) throws IOException {
    ConfigFile file = ConfigFile.read(path);
    JsonNode root = file.root();
    if (!root.path("vision_config").isObject()) {
      throw new IOException(path + ": vision_config is missing");
    }
    try {
      return new Qwen25VlConfig(
          file.as(textFields(root), TextConfig.class),
          file.as(visionFields(root), VisionConfig.class),
          root.path("image_token_id").asLong(IMAGE_TOKEN_ID));
    } catch (IllegalArgumentException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }

  /** The text fields as transformers 5 writes them. */
  private static ObjectNode textFields(JsonNode root) {
    ObjectNode text =
        JsonFields.over(JsonFields.over(textDefaults(), root), root.path("text_config"));
    // The outer object decides, as it does when the whole model ties its weights.
    boolean outer = root.path("tie_word_embeddings").isBoolean();
    text.put("tie_word_embeddings", (outer ? root : text).path("tie_word_embeddings").asBoolean());
    text.put("use_sliding_window", text.path("use_sliding_window").asBoolean(false));
    text.set("rope_parameters", ropeFields(text));
    return text;
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

  private static ObjectNode ropeFields(ObjectNode text) {
    ObjectNode rope = text.objectNode();
    rope.set("rope_theta", text.path("rope_theta"));
    for (String form : new String[] {"rope_scaling", "rope_parameters"}) {
      if (text.path(form).isObject()) {
        rope.setAll((ObjectNode) text.get(form));
      }
    }
    String type = rope.path("rope_type").asText(rope.path("type").asText("default"));
    return rope.put("rope_type", type.equals("mrope") ? "default" : type);
  }

  private static ObjectNode visionFields(JsonNode root) {
    ObjectNode vision = JsonFields.over(visionDefaults(), root.get("vision_config"));
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
