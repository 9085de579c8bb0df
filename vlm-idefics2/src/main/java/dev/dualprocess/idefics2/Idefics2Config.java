package dev.dualprocess.idefics2;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.JsonFields;
import dev.dualprocess.idefics.TextConfig;
import dev.dualprocess.idefics.VisionConfig;
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
    TextConfig text = TextConfig.read(file, publishedText(file.root()));
    return new Idefics2Config(
        VisionConfig.read(file, /* hiddenSize= */ 768, /* heads= */ 12),
        file.as(perceiverFields(file.root(), text), PerceiverConfig.class),
        text,
        file.root().path("image_token_id").asLong(IMAGE_TOKEN_ID));
  }

  private static ObjectNode perceiverFields(JsonNode root, TextConfig text) {
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
    if (!fields.get("hidden_size").equals(IntNode.valueOf(text.hiddenSize()))) {
      fields.put("hidden_size", text.hiddenSize()).put("rms_norm_eps", text.rmsNormEps());
    }
    return fields;
  }

  private static ObjectNode publishedText(JsonNode root) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("hidden_size", 4096)
        .put("intermediate_size", 14_336)
        .put("num_hidden_layers", 32)
        .put("num_attention_heads", 32)
        .put("num_key_value_heads", 8)
        .put("vocab_size", 32_000)
        // Mistral's own default, unless there is no text_config at all.
        .put("rms_norm_eps", root.path("text_config").isObject() ? 1e-6 : 1e-5)
        .put("sliding_window", 4096)
        .put("max_position_embeddings", 4096 * 32);
  }
}
