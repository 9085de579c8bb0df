package dev.dualprocess.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.JsonFields;
import java.io.IOException;
import java.nio.file.Path;

/**
 * config.json of a Qwen-VL checkpoint, in the form of transformers 5 or one of the hub's.
 *
 * @param file with a {@code vision_config}
 */
public record QwenConfigFile(ConfigFile file) {
  private static final long IMAGE_TOKEN_ID = 151_655;

  /** A family's configuration as its file's parts make it. */
  @FunctionalInterface
  public interface Assembly<C extends Record> {
    /** May refuse what does not fit, with an IllegalArgumentException. */
    C of(QwenConfigFile file) throws IOException;
  }

  /**
   * Reads a family's configuration.
   *
   * @throws IOException in one line, if the file is missing, broken or refused by the family
   */
  public static <C extends Record> C read(Path path, Assembly<C> assembly) throws IOException {
    ConfigFile file = ConfigFile.read(path);
    if (!file.root().path("vision_config").isObject()) {
      throw new IOException(path + ": vision_config is missing");
    }
    try {
      return assembly.of(new QwenConfigFile(file));
    } catch (IllegalArgumentException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }

  /** Refuses image tokens that are not as wide as the language model's. */
  public static void requireWidth(int outHiddenSize, TextConfig text) {
    if (outHiddenSize != text.hiddenSize()) {
      throw new IllegalArgumentException(
          "vision out_hidden_size %d differs from the language model's hidden_size %d"
              .formatted(outHiddenSize, text.hiddenSize()));
    }
  }

  /** The token that holds an image token's place in a prompt. */
  public long imageTokenId() {
    return file.root().path("image_token_id").asLong(IMAGE_TOKEN_ID);
  }

  /** Fields as a record. */
  public <R extends Record> R as(ObjectNode fields, Class<R> type) throws IOException {
    return file.as(fields, type);
  }

  /** The vision tower's fields over what holds where the file leaves them out. */
  public ObjectNode vision(ObjectNode defaults) {
    return JsonFields.over(defaults, file.root().get("vision_config"));
  }

  /**
   * The language model's fields as transformers 5 writes them, over what holds where the file
   * leaves them out: they stand at the top, or in {@code text_config}.
   */
  public ObjectNode text(ObjectNode defaults) {
    JsonNode root = file.root();
    ObjectNode text = JsonFields.over(JsonFields.over(defaults, root), root.path("text_config"));
    // The outer object decides, as it does when the whole model ties its weights.
    boolean outer = root.path("tie_word_embeddings").isBoolean();
    text.put("tie_word_embeddings", (outer ? root : text).path("tie_word_embeddings").asBoolean());
    text.put("use_sliding_window", text.path("use_sliding_window").asBoolean(false));
    text.set("rope_parameters", rope(text));
    return text;
  }

  private static ObjectNode rope(ObjectNode text) {
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
}
