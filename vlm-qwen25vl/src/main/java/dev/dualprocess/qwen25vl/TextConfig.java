package dev.dualprocess.qwen25vl;

import dev.dualprocess.config.Counts;
import dev.dualprocess.config.Reals;
import dev.dualprocess.nn.LanguageModelShape;
import org.jspecify.annotations.Nullable;

/**
 * {@code text_config} of config.json; in the older form these fields stand at the top.
 *
 * @param hiddenSize width D of a token
 * @param intermediateSize width inside the MLP
 * @param numHiddenLayers number of layers
 * @param numAttentionHeads query heads
 * @param numKeyValueHeads key and value heads, each shared by a group of query heads
 * @param vocabSize rows of the embedding table; may exceed the tokenizer's
 * @param rmsNormEps epsilon of every norm
 * @param ropeParameters rotary position embedding
 * @param tieWordEmbeddings whether the head is the embedding table
 * @param useSlidingWindow refused if true
 * @param maxPositionEmbeddings longest prompt and answer together, in tokens
 * @param hiddenAct activation of the MLP
 */
record TextConfig(
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int numKeyValueHeads,
    int vocabSize,
    double rmsNormEps,
    RopeParameters ropeParameters,
    boolean tieWordEmbeddings,
    boolean useSlidingWindow,
    int maxPositionEmbeddings,
    @Nullable String hiddenAct) {
  TextConfig {
    Counts.requireSize("hidden_size", hiddenSize);
    Counts.requireSize("intermediate_size", intermediateSize);
    Counts.requireLayers("num_hidden_layers", numHiddenLayers);
    Counts.requireSize("num_attention_heads", numAttentionHeads);
    Counts.requireSize("num_key_value_heads", numKeyValueHeads);
    Counts.requireSize("vocab_size", vocabSize);
    Counts.requirePositive("max_position_embeddings", maxPositionEmbeddings);
    Reals.requireEps("rms_norm_eps", rmsNormEps);
    Reals.requirePositive("rope_theta", ropeParameters.ropeTheta());
    if (hiddenSize % numAttentionHeads != 0 || numAttentionHeads % numKeyValueHeads != 0) {
      throw new IllegalArgumentException(
          "hidden_size %d, num_attention_heads %d, num_key_value_heads %d: each must be a multiple of the next"
              .formatted(hiddenSize, numAttentionHeads, numKeyValueHeads));
    }
    int headDim = hiddenSize / numAttentionHeads;
    if (2 * ropeParameters.frequencies() != headDim) {
      throw new IllegalArgumentException(
          "mrope_section %s adds up to %d, but half a head is %d"
              .formatted(ropeParameters.mropeSection(), ropeParameters.frequencies(), headDim / 2));
    }
    if (useSlidingWindow) {
      throw new IllegalArgumentException("use_sliding_window is not supported");
    }
    RopeParameters.requireSilu("text", hiddenAct);
  }

  /** Refuses what is longer than the texts that the model was trained on. */
  void requireRoom(int tokens) {
    if (tokens > maxPositionEmbeddings) {
      throw new IllegalArgumentException(
          "%d tokens, prompt and answer together: more than the model's %d (max_position_embeddings); shorten the text"
              .formatted(tokens, maxPositionEmbeddings));
    }
  }

  int headDim() {
    return hiddenSize / numAttentionHeads;
  }

  LanguageModelShape shape() {
    return new LanguageModelShape(
        hiddenSize,
        intermediateSize,
        numHiddenLayers,
        numAttentionHeads,
        numKeyValueHeads,
        headDim(),
        vocabSize,
        /* qkvBias= */ true,
        rmsNormEps,
        tieWordEmbeddings);
  }
}
