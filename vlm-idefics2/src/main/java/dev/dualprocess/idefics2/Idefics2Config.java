package dev.dualprocess.idefics2;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.JsonFields;
import java.io.IOException;
import java.nio.file.Path;

/**
 * config.json of an Idefics2 checkpoint, in the form of transformers 4 or 5. The hub's file leaves
 * out what equals the defaults of the published classes; those are filled in here.
 *
 * @param vision the vision tower
 * @param perceiver the resampler between the two
 * @param text the language model
 * @param imageTokenId the token that holds an image token's place in a prompt
 */
record Idefics2Config(
    VisionConfig vision, PerceiverConfig perceiver, TextConfig text, long imageTokenId) {
  private static final long IMAGE_TOKEN_ID = 32_001;

  static Idefics2Config read(Path path) throws IOException {
    ConfigFile file = ConfigFile.read(path);
    JsonNode root = file.root();
    ObjectNode text = textFields(root);
    return new Idefics2Config(
        file.as(JsonFields.over(visionDefaults(), root.path("vision_config")), VisionConfig.class),
        file.as(perceiverFields(root, text), PerceiverConfig.class),
        file.as(text, TextConfig.class),
        root.path("image_token_id").asLong(IMAGE_TOKEN_ID));
  }

  private static ObjectNode visionDefaults() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("hidden_size", 768)
        .put("intermediate_size", 3072)
        .put("num_hidden_layers", 12)
        .put("num_attention_heads", 12)
        .put("num_channels", 3)
        .put("image_size", 224)
        .put("patch_size", 32)
        .put("hidden_act", "gelu_pytorch_tanh")
        .put("layer_norm_eps", 1e-6);
  }

  private static ObjectNode perceiverFields(JsonNode root, ObjectNode text) {
    ObjectNode fields =
        JsonFields.over(
            JsonNodeFactory.instance
                .objectNode()
                .put("hidden_size", 4096)
                .put("hidden_act", "silu")
                .put("rms_norm_eps", 1e-6)
                .put("resampler_n_latents", 64)
                .put("resampler_depth", 3)
                .put("resampler_n_heads", 16)
                .put("resampler_head_dim", 96)
                .put("num_key_value_heads", 4),
            root.path("perceiver_config"));
    // As the published class: another width means that the default was meant for another model.
    if (!fields.get("hidden_size").equals(text.get("hidden_size"))) {
      fields.set("hidden_size", text.get("hidden_size"));
      fields.set("rms_norm_eps", text.get("rms_norm_eps"));
    }
    return fields;
  }

  private static ObjectNode textFields(JsonNode root) {
    JsonNode stored = root.path("text_config");
    ObjectNode fields =
        JsonFields.over(
            JsonNodeFactory.instance
                .objectNode()
                .put("hidden_size", 4096)
                .put("intermediate_size", 14_336)
                .put("num_hidden_layers", 32)
                .put("num_attention_heads", 32)
                .put("num_key_value_heads", 8)
                .put("vocab_size", 32_000)
                // Mistral's own default, unless there is no text_config at all.
                .put("rms_norm_eps", stored.isObject() ? 1e-6 : 1e-5)
                .put("rope_theta", 10_000.0)
                .put("rope_type", "default")
                .put("sliding_window", 4096)
                .put("max_position_embeddings", 4096 * 32)
                .put("hidden_act", "silu"),
            stored);
    if (stored.path("sliding_window").isNull()) {
      fields.putNull("sliding_window");
    }
    for (String form : new String[] {"rope_scaling", "rope_parameters"}) {
      JsonFields.over(fields, ropeFields(stored.path(form)));
    }
    if (!fields.has("head_dim")) {
      int heads = Math.max(1, fields.get("num_attention_heads").asInt());
      fields.put("head_dim", fields.get("hidden_size").asInt() / heads);
    }
    // The outer object decides, as it does when the whole model ties its weights.
    boolean outer = root.path("tie_word_embeddings").isBoolean();
    return fields.put(
        "tie_word_embeddings", (outer ? root : stored).path("tie_word_embeddings").asBoolean());
  }

  private static ObjectNode ropeFields(JsonNode rope) {
    ObjectNode fields = JsonNodeFactory.instance.objectNode();
    fields.set("rope_theta", rope.get("rope_theta"));
    fields.set("rope_type", rope.get(rope.has("rope_type") ? "rope_type" : "type"));
    return fields;
  }

  /** Every part of this family has one activation. */
  static void requireActivation(String part, String given, String supported) {
    if (!supported.equals(given)) {
      throw new IllegalArgumentException(
          "%s hidden_act '%s' is not supported, only '%s'".formatted(part, given, supported));
    }
  }
}
