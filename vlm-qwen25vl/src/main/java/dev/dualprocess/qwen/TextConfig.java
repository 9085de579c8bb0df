package dev.dualprocess.qwen;

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
 * @param headDim width of a head; null where it is hiddenSize / numAttentionHeads
 * @param vocabSize rows of the embedding table; may exceed the tokenizer's
 * @param rmsNormEps epsilon of every norm
 * @param ropeParameters rotary position embedding
 * @param tieWordEmbeddings whether the head is the embedding table
 * @param useSlidingWindow refused if true
 * @param maxPositionEmbeddings longest prompt and answer together, in tokens
 * @param hiddenAct activation of the MLP
 */
public record TextConfig(
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int numKeyValueHeads,
    @Nullable Integer headDim,
    int vocabSize,
    double rmsNormEps,
    RopeParameters ropeParameters,
    boolean tieWordEmbeddings,
    boolean useSlidingWindow,
    int maxPositionEmbeddings,
    @Nullable String hiddenAct) {
  /** Checks every number. */
  public TextConfig {
    Counts.requireSize("hidden_size", hiddenSize);
    Counts.requireSize("intermediate_size", intermediateSize);
    Counts.requireLayers("num_hidden_layers", numHiddenLayers);
    Counts.requireSize("num_attention_heads", numAttentionHeads);
    Counts.requireSize("num_key_value_heads", numKeyValueHeads);
    Counts.requireSize("vocab_size", vocabSize);
    Counts.requirePositive("max_position_embeddings", maxPositionEmbeddings);
    Reals.requireEps("rms_norm_eps", rmsNormEps);
    Reals.requirePositive("rope_theta", ropeParameters.ropeTheta());
    boolean headsFit = headDim != null || hiddenSize % numAttentionHeads == 0;
    if (!headsFit || numAttentionHeads % numKeyValueHeads != 0) {
      throw new IllegalArgumentException(
          "hidden_size %d, num_attention_heads %d, num_key_value_heads %d: each must be a multiple of the next"
              .formatted(hiddenSize, numAttentionHeads, numKeyValueHeads));
    }
    if (headDim != null) {
      Counts.requireSize("head_dim", headDim);
      Counts.requireSize("head_dim times num_attention_heads", (long) headDim * numAttentionHeads);
      if (headDim % 2 != 0) {
        throw new IllegalArgumentException(
            "head_dim %d: rotary angles need an even number".formatted(headDim));
      }
    }
    if (useSlidingWindow) {
      throw new IllegalArgumentException("use_sliding_window is not supported");
    }
    requireAct("text hidden_act", hiddenAct, "silu");
  }

  /** Refuses an activation that the family has not. */
  public static void requireAct(String field, @Nullable String act, String known) {
    if (act != null && !act.equals(known)) {
      throw new IllegalArgumentException(
          "%s '%s' is not supported, only '%s'".formatted(field, act, known));
    }
  }

  /** Refuses what is longer than the texts that the model was trained on. */
  public void requireRoom(int tokens) {
    if (tokens > maxPositionEmbeddings) {
      throw new IllegalArgumentException(
          "%d tokens, prompt and answer together: more than the model's %d (max_position_embeddings); shorten the text"
              .formatted(tokens, maxPositionEmbeddings));
    }
  }

  /** Width of a head. */
  public int headWidth() {
    return headDim == null ? hiddenSize / numAttentionHeads : headDim;
  }

  /**
   * The sizes of the layers.
   *
   * @param qkvBias whether queries, keys and values have biases
   * @param qkNorm whether every head's queries and keys are normed
   */
  public LanguageModelShape shape(boolean qkvBias, boolean qkNorm) {
    return new LanguageModelShape(
        hiddenSize,
        intermediateSize,
        numHiddenLayers,
        numAttentionHeads,
        numKeyValueHeads,
        headWidth(),
        vocabSize,
        qkvBias,
        qkNorm,
        rmsNormEps,
        tieWordEmbeddings);
  }
}
