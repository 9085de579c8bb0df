package dev.dualprocess.sana;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.Counts;
import dev.dualprocess.config.Reals;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * text_encoder/config.json: Gemma-2 (arXiv 2408.00118).
 *
 * @param vocabSize rows of the embedding table; may exceed the tokenizer's
 * @param hiddenSize width D of a token
 * @param intermediateSize width inside the MLP
 * @param numHiddenLayers number of layers
 * @param numAttentionHeads query heads
 * @param numKeyValueHeads key and value heads, each shared by a group of query heads
 * @param headDim width of a head
 * @param queryPreAttnScalar scores are divided by its square root
 * @param rmsNormEps epsilon of every norm
 * @param ropeTheta base of the rotary frequencies
 * @param ropeType only the plain kind
 * @param attnLogitSoftcapping bound of the scores; null for none
 * @param slidingWindow how many tokens a token of a sliding layer sees, itself included; null for
 *     all
 * @param layerTypes of each layer, {@code sliding_attention} or {@code full_attention}
 * @param attentionBias whether the maps of the attention have biases
 * @param useBidirectionalAttention refused if true
 * @param hiddenActivation activation of the MLP
 * @param bosTokenId what every text begins with
 */
record Gemma2Config(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int numKeyValueHeads,
    int headDim,
    double queryPreAttnScalar,
    double rmsNormEps,
    double ropeTheta,
    String ropeType,
    @Nullable Double attnLogitSoftcapping,
    @Nullable Integer slidingWindow,
    List<String> layerTypes,
    boolean attentionBias,
    boolean useBidirectionalAttention,
    String hiddenActivation,
    long bosTokenId) {
  private static final String SLIDING = "sliding_attention";
  private static final String FULL = "full_attention";
  private static final String MODEL_TYPE = "gemma2";

  Gemma2Config {
    Counts.requireLayers("num_hidden_layers", numHiddenLayers);
    layerTypes = List.copyOf(layerTypes);
    Counts.requireSize("vocab_size", vocabSize);
    Counts.requireSize("hidden_size", hiddenSize);
    Counts.requireSize("intermediate_size", intermediateSize);
    Counts.requireSize("num_key_value_heads", numKeyValueHeads);
    Counts.requireSize("num_attention_heads", numAttentionHeads);
    Counts.requireSize("head_dim", headDim);
    Counts.requireSize("num_attention_heads times head_dim", (long) numAttentionHeads * headDim);
    Reals.requirePositive("query_pre_attn_scalar", queryPreAttnScalar);
    Reals.requireEps("rms_norm_eps", rmsNormEps);
    Reals.requirePositive("rope_theta", ropeTheta);
    if (numAttentionHeads % numKeyValueHeads != 0) {
      throw new IllegalArgumentException(
          "num_attention_heads %d is not a multiple of num_key_value_heads %d"
              .formatted(numAttentionHeads, numKeyValueHeads));
    }
    if (bosTokenId < 0 || bosTokenId >= vocabSize) {
      throw new IllegalArgumentException(
          "bos_token_id %d is none of the ids, of which vocab_size says %d"
              .formatted(bosTokenId, vocabSize));
    }
    if (headDim % 2 != 0) {
      throw new IllegalArgumentException(
          "head_dim %d: rotary positions need an even number".formatted(headDim));
    }
    if (attnLogitSoftcapping != null) {
      requirePositive("attn_logit_softcapping", attnLogitSoftcapping);
      Reals.requirePositive("attn_logit_softcapping", attnLogitSoftcapping);
    }
    if (slidingWindow != null) {
      requirePositive("sliding_window", slidingWindow);
    }
    if (layerTypes.size() != numHiddenLayers || !List.of(SLIDING, FULL).containsAll(layerTypes)) {
      throw new IllegalArgumentException(
          "layer_types %s must name %s or %s for each of %d layers"
              .formatted(layerTypes, SLIDING, FULL, numHiddenLayers));
    }
    if (useBidirectionalAttention) {
      throw new IllegalArgumentException("use_bidirectional_attention is not supported");
    }
    requireOnly("rope type", ropeType, "default");
    requireOnly("hidden_activation", hiddenActivation, "gelu_pytorch_tanh");
  }

  /**
   * Reads either form of config.json: that of transformers 4, or that of transformers 5 with {@code
   * rope_parameters} and {@code layer_types}.
   *
   * @throws IOException in one line, if it is missing, broken or not supported
   */
  static Gemma2Config read(Path path) throws IOException {
    ConfigFile file = ConfigFile.read(path);
    String type = file.text("model_type");
    if (!type.isEmpty() && !type.equals(MODEL_TYPE)) {
      throw new IOException(
          "%s: model_type is '%s'; Sana's text encoder is a %s".formatted(path, type, MODEL_TYPE));
    }
    return file.as(fields(file.root()), Gemma2Config.class);
  }

  /** What the file says over what transformers documents for an absent field. */
  private static ObjectNode fields(JsonNode root) {
    ObjectNode fields =
        JsonNodeFactory.instance
            .objectNode()
            .put("head_dim", 256)
            .put("query_pre_attn_scalar", 256)
            .put("rms_norm_eps", 1e-6)
            .put("rope_theta", 10_000.0)
            .put("rope_type", "default")
            .put("attention_bias", false)
            .put("use_bidirectional_attention", false)
            .put("hidden_activation", "gelu_pytorch_tanh")
            .put("bos_token_id", 2);
    int layers = Math.min(root.path("num_hidden_layers").asInt(), Counts.MOST_LAYERS);
    fields.set("layer_types", alternating(layers));
    overwrite(fields, root);
    for (JsonNode rope : List.of(root.path("rope_scaling"), root.path("rope_parameters"))) {
      overwrite(fields, rope);
      if (rope.has("type") && !rope.has("rope_type")) {
        fields.set("rope_type", rope.get("type"));
      }
    }
    // These two mean something where they are null.
    if (!root.has("attn_logit_softcapping")) {
      fields.put("attn_logit_softcapping", 50.0);
    }
    if (!root.has("sliding_window")) {
      fields.put("sliding_window", 4096);
    }
    return fields;
  }

  private static void overwrite(ObjectNode fields, JsonNode given) {
    for (var field : given.properties()) {
      if (!field.getValue().isNull()) {
        fields.set(field.getKey(), field.getValue());
      }
    }
  }

  /** Gemma-2's own order: layers 0, 2, 4, ... see the window only. */
  private static ArrayNode alternating(int layers) {
    ArrayNode types = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < layers; i++) {
      types.add(i % 2 == 0 ? SLIDING : FULL);
    }
    return types;
  }

  private static void requirePositive(String field, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(field + " is " + value + ", it must be above 0");
    }
  }

  private static void requireOnly(String field, String given, String supported) {
    if (!supported.equals(given)) {
      throw new IllegalArgumentException(
          "%s '%s' is not supported, only '%s'".formatted(field, given, supported));
    }
  }

  /** Whether layer {@code i} sees no more than the window. */
  boolean sliding(int i) {
    return slidingWindow != null && layerTypes.get(i).equals(SLIDING);
  }
}
