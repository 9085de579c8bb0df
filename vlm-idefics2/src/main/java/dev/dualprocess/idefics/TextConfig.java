package dev.dualprocess.idefics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.Counts;
import dev.dualprocess.config.JsonFields;
import dev.dualprocess.config.Reals;
import dev.dualprocess.nn.LanguageModelShape;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * {@code text_config} of config.json: Mistral (arXiv 2310.06825) or Llama (arXiv 2302.13971).
 *
 * @param hiddenSize width D of a token
 * @param intermediateSize width inside the MLP
 * @param numHiddenLayers number of layers
 * @param numAttentionHeads query heads
 * @param numKeyValueHeads key and value heads, each shared by a group of query heads
 * @param headDim width of a head
 * @param vocabSize rows of the embedding table; may exceed the tokenizer's
 * @param rmsNormEps epsilon of every norm
 * @param ropeTheta base of the rotary frequencies
 * @param ropeType only the plain kind; long-context kinds are refused
 * @param slidingWindow how many tokens back a token sees; null for all
 * @param maxPositionEmbeddings longest prompt and answer together, in tokens
 * @param tieWordEmbeddings whether the head is the embedding table
 * @param hiddenAct activation of the MLP
 */
public record TextConfig(
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int numKeyValueHeads,
    int headDim,
    int vocabSize,
    double rmsNormEps,
    double ropeTheta,
    String ropeType,
    @Nullable Integer slidingWindow,
    int maxPositionEmbeddings,
    boolean tieWordEmbeddings,
    String hiddenAct) {
  /** Checks the sizes. */
  public TextConfig {
    Counts.requireSize("text hidden_size", hiddenSize);
    Counts.requireSize("text intermediate_size", intermediateSize);
    Counts.requireLayers("text num_hidden_layers", numHiddenLayers);
    Counts.requireSize("text num_attention_heads", numAttentionHeads);
    Counts.requireSize("text num_key_value_heads", numKeyValueHeads);
    Counts.requireSize("text vocab_size", vocabSize);
    Counts.requirePositive("text max_position_embeddings", maxPositionEmbeddings);
    Reals.requireEps("text rms_norm_eps", rmsNormEps);
    Reals.requirePositive("text rope_theta", ropeTheta);
    if (numAttentionHeads % numKeyValueHeads != 0) {
      throw new IllegalArgumentException(
          "text num_attention_heads %d is not a multiple of num_key_value_heads %d"
              .formatted(numAttentionHeads, numKeyValueHeads));
    }
    if (headDim < 2 || headDim % 2 != 0) {
      throw new IllegalArgumentException(
          "text head_dim %d: rotary positions need an even number".formatted(headDim));
    }
    Counts.requireSize(
        "text num_attention_heads times head_dim", (long) numAttentionHeads * headDim);
    if (!ropeType.equals("default")) {
      throw new IllegalArgumentException(
          "rope type '%s' is not supported, only 'default'".formatted(ropeType));
    }
    Activation.require("text", hiddenAct, "silu");
  }

  /**
   * Reads the language model's part of config.json, in the form of transformers 4 or 5.
   *
   * @param published what the published class has where the file says nothing: without {@code
   *     sliding_window}, there is none; without {@code num_key_value_heads}, as many as there are
   *     query heads
   */
  public static TextConfig read(ConfigFile file, ObjectNode published) throws IOException {
    JsonNode stored = file.root().path("text_config");
    boolean windowed = published.has("sliding_window") && !stored.path("sliding_window").isNull();
    ObjectNode fields =
        JsonFields.over(
            published
                .put("rope_theta", 10_000.0)
                .put("rope_type", "default")
                .put("hidden_act", "silu"),
            stored);
    if (!windowed) {
      fields.putNull("sliding_window");
    }
    for (String form : new String[] {"rope_scaling", "rope_parameters"}) {
      JsonFields.over(fields, ropeFields(stored.path(form)));
    }
    if (!fields.has("num_key_value_heads")) {
      fields.set("num_key_value_heads", fields.get("num_attention_heads"));
    }
    if (!fields.has("head_dim")) {
      int heads = Math.max(1, fields.get("num_attention_heads").asInt());
      fields.put("head_dim", fields.get("hidden_size").asInt() / heads);
    }
    return file.as(tied(fields, file.root(), stored), TextConfig.class);
  }

  /** The outer object decides, as it does when the whole model ties its weights. */
  private static ObjectNode tied(ObjectNode fields, JsonNode root, JsonNode stored) {
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

  /**
   * Refuses what the sliding window would cut: within it every token sees all that stands before
   * it, which is what is computed here.
   */
  public void requireWithinWindow(int tokens) {
    if (slidingWindow != null && tokens > slidingWindow) {
      throw new IllegalArgumentException(
          "%d tokens, prompt and answer together: more than the sliding window of %d"
              .formatted(tokens, slidingWindow));
    }
  }

  /** Refuses what is longer than the texts that the model was trained on. */
  void requireWithinPositions(int tokens) {
    if (tokens > maxPositionEmbeddings) {
      throw new IllegalArgumentException(
          "%d tokens, prompt and answer together: more than the model's %d (max_position_embeddings); shorten the text"
              .formatted(tokens, maxPositionEmbeddings));
    }
  }

  /** The sizes by which the language model is read. */
  public LanguageModelShape shape() {
    return new LanguageModelShape(
        hiddenSize,
        intermediateSize,
        numHiddenLayers,
        numAttentionHeads,
        numKeyValueHeads,
        headDim,
        vocabSize,
        /* qkvBias= */ false,
        rmsNormEps,
        tieWordEmbeddings);
  }
}
