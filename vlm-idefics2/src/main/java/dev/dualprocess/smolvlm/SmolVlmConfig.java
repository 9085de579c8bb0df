package dev.dualprocess.smolvlm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.Counts;
import dev.dualprocess.idefics.TextConfig;
import dev.dualprocess.idefics.VisionConfig;
import java.io.IOException;
import java.nio.file.Path;

/**
 * config.json of an Idefics3 or SmolVLM checkpoint, in the form of transformers 4 or 5. The hub's
 * file leaves out what equals the defaults of the published classes; those are filled in here.
 *
 * @param vision the vision tower
 * @param text the language model
 * @param imageTokenId the token that holds an image token's place in a prompt
 * @param scaleFactor how many patches on a side become one image token
 */
record SmolVlmConfig(VisionConfig vision, TextConfig text, long imageTokenId, int scaleFactor) {
  private static final long IMAGE_TOKEN_ID = 128_257;
  private static final int SCALE_FACTOR = 2;

  /** The fields of config.json itself. */
  record Outer(long imageTokenId, int scaleFactor) {
    Outer {
      Counts.requireSize("scale_factor", scaleFactor);
    }
  }

  static SmolVlmConfig read(Path path) throws IOException {
    ConfigFile file = ConfigFile.read(path);
    Outer outer = file.as(outerFields(file.root()), Outer.class);
    return new SmolVlmConfig(
        VisionConfig.read(file, /* hiddenSize= */ 1152, /* heads= */ 16),
        TextConfig.read(file, publishedText(file.root())),
        outer.imageTokenId(),
        outer.scaleFactor());
  }

  private static ObjectNode outerFields(JsonNode root) {
    ObjectNode fields =
        JsonNodeFactory.instance
            .objectNode()
            .put("image_token_id", IMAGE_TOKEN_ID)
            .put("scale_factor", SCALE_FACTOR);
    fields
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (root.hasNonNull(name)) {
                fields.set(name, root.get(name));
              }
            });
    return fields;
  }

  private static ObjectNode publishedText(JsonNode root) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("hidden_size", 4096)
        .put("intermediate_size", 11_008)
        .put("num_hidden_layers", 32)
        .put("num_attention_heads", 32)
        .put("vocab_size", 32_000)
        // Llama's own default, unless there is no text_config at all.
        .put("rms_norm_eps", root.path("text_config").isObject() ? 1e-6 : 1e-5)
        .put("max_position_embeddings", 2048);
  }
}
