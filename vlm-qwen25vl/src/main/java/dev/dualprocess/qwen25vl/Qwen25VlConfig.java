package dev.dualprocess.qwen25vl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * config.json of a Qwen2.5-VL checkpoint, in the form of transformers 5 or the flat one of the hub.
 *
 * @param text the language model
 * @param vision the vision tower
 * @param imageTokenId the token that holds an image token's place in a prompt
 */
record Qwen25VlConfig(TextConfig text, VisionConfig vision, long imageTokenId) {
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
    if (!root.path("vision_config").isObject() || !root.path("image_token_id").isIntegralNumber()) {
      throw new IOException(path + ": vision_config or image_token_id is missing");
    }
    try {
      return new Qwen25VlConfig(
          file.as(textFields(root), TextConfig.class),
          file.as(visionFields(root), VisionConfig.class),
          root.get("image_token_id").asLong());
    } catch (IllegalArgumentException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }

  /** The text fields as transformers 5 writes them. */
  private static ObjectNode textFields(JsonNode root) {
    ObjectNode text = root.deepCopy();
    if (root.path("text_config").isObject()) {
      text.setAll((ObjectNode) root.get("text_config").deepCopy());
    }
    // The outer object decides, as it does when the whole model ties its weights.
    boolean outer = root.path("tie_word_embeddings").isBoolean();
    text.put("tie_word_embeddings", (outer ? root : text).path("tie_word_embeddings").asBoolean());
    text.put("use_sliding_window", text.path("use_sliding_window").asBoolean(false));
    text.set("rope_parameters", ropeFields(text));
    return text;
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
    ObjectNode vision = root.get("vision_config").deepCopy();
    if (!vision.has("in_channels")) {
      vision.set("in_channels", vision.path("in_chans"));
    }
    return vision;
  }
}
