package dev.dualprocess.idefics2;

import dev.dualprocess.config.Counts;
import dev.dualprocess.config.Reals;
import dev.dualprocess.nn.LanguageModelShape;
import org.jspecify.annotations.Nullable;

/**
 * {@code text_config} of config.json: Mistral (arXiv 2310.06825).
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
record TextConfig(
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
  TextConfig {
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
    Idefics2Config.requireActivation("text", hiddenAct, "silu");
  }

  /**
   * Refuses what the sliding window would cut: within it every token sees all that stands before
   * it, which is what is computed here.
   */
  void requireWithinWindow(int tokens) {
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

  LanguageModelShape shape() {
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
