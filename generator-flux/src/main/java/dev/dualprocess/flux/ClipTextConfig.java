package dev.dualprocess.flux;

import com.google.common.base.MoreObjects;
import dev.dualprocess.config.Counts;
import dev.dualprocess.config.Reals;

/**
 * text_encoder/config.json: CLIP's text model. A field that is absent has the value transformers
 * documents for it.
 *
 * @param vocabSize ids
 * @param hiddenSize width
 * @param intermediateSize width inside the MLP
 * @param numHiddenLayers layers
 * @param numAttentionHeads heads
 * @param maxPositionEmbeddings longest text in tokens
 * @param layerNormEps 1e-5 by default
 * @param hiddenAct activation, quick_gelu by default
 * @param eosTokenId end-of-text id, 49407 by default; 2 is what old files say for "highest id"
 */
record ClipTextConfig(
    Integer vocabSize,
    Integer hiddenSize,
    Integer intermediateSize,
    Integer numHiddenLayers,
    Integer numAttentionHeads,
    Integer maxPositionEmbeddings,
    Double layerNormEps,
    String hiddenAct,
    Integer eosTokenId) {
  private static final int LEGACY_EOS = 2;

  ClipTextConfig {
    vocabSize = MoreObjects.firstNonNull(vocabSize, 49408);
    hiddenSize = MoreObjects.firstNonNull(hiddenSize, 512);
    intermediateSize = MoreObjects.firstNonNull(intermediateSize, 2048);
    numHiddenLayers = MoreObjects.firstNonNull(numHiddenLayers, 12);
    numAttentionHeads = MoreObjects.firstNonNull(numAttentionHeads, 8);
    maxPositionEmbeddings = MoreObjects.firstNonNull(maxPositionEmbeddings, 77);
    layerNormEps = MoreObjects.firstNonNull(layerNormEps, 1e-5);
    hiddenAct = MoreObjects.firstNonNull(hiddenAct, "quick_gelu");
    eosTokenId = MoreObjects.firstNonNull(eosTokenId, 49407);
    Activation.named(hiddenAct);
    Counts.requireSize("vocab_size", vocabSize);
    Counts.requireSize("hidden_size", hiddenSize);
    Counts.requireSize("intermediate_size", intermediateSize);
    Reals.requireEps("layer_norm_eps", layerNormEps);
    Counts.requireLayers("num_hidden_layers", numHiddenLayers);
    Counts.requireSize("num_attention_heads", numAttentionHeads);
    Counts.requireSize("max_position_embeddings", maxPositionEmbeddings);
    Sizes.requireMultiple("hidden_size", hiddenSize, "num_attention_heads", numAttentionHeads);
  }

  /** The function between the MLP's maps. */
  Activation activation() {
    return Activation.named(hiddenAct);
  }

  /** Whether end-of-text is found as the highest id. */
  boolean endIsHighestId() {
    return eosTokenId == LEGACY_EOS;
  }
}
