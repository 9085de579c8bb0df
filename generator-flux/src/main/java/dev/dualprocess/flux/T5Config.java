package dev.dualprocess.flux;

import com.google.common.base.MoreObjects;
import dev.dualprocess.config.Counts;
import dev.dualprocess.config.Reals;

/**
 * text_encoder_2/config.json: a T5 encoder. A field that is absent has the value transformers
 * documents for it.
 *
 * @param vocabSize ids
 * @param dModel width
 * @param dKv width of a head
 * @param dFf width inside the MLP
 * @param numLayers blocks
 * @param numHeads heads
 * @param relativeAttentionNumBuckets distances that are told apart, 32 by default
 * @param relativeAttentionMaxDistance distance from which all are alike, 128 by default
 * @param layerNormEpsilon 1e-6 by default
 * @param feedForwardProj activation, {@code gated-} before it for a gated MLP; relu by default
 */
record T5Config(
    Integer vocabSize,
    Integer dModel,
    Integer dKv,
    Integer dFf,
    Integer numLayers,
    Integer numHeads,
    Integer relativeAttentionNumBuckets,
    Integer relativeAttentionMaxDistance,
    Double layerNormEpsilon,
    String feedForwardProj) {
  private static final String GATED = "gated-";

  T5Config {
    vocabSize = MoreObjects.firstNonNull(vocabSize, 32128);
    dModel = MoreObjects.firstNonNull(dModel, 512);
    dKv = MoreObjects.firstNonNull(dKv, 64);
    dFf = MoreObjects.firstNonNull(dFf, 2048);
    numLayers = MoreObjects.firstNonNull(numLayers, 6);
    numHeads = MoreObjects.firstNonNull(numHeads, 8);
    relativeAttentionNumBuckets = MoreObjects.firstNonNull(relativeAttentionNumBuckets, 32);
    relativeAttentionMaxDistance = MoreObjects.firstNonNull(relativeAttentionMaxDistance, 128);
    layerNormEpsilon = MoreObjects.firstNonNull(layerNormEpsilon, 1e-6);
    feedForwardProj = MoreObjects.firstNonNull(feedForwardProj, "relu");
    Counts.requireSize("vocab_size", vocabSize);
    Counts.requireSize("d_model", dModel);
    Counts.requireSize("d_kv", dKv);
    Counts.requireSize("d_ff", dFf);
    Counts.requireLayers("num_layers", numLayers);
    Counts.requireSize("num_heads", numHeads);
    Counts.requireSize("num_heads times d_kv", (long) numHeads * dKv);
    Counts.requireSize("relative_attention_num_buckets", relativeAttentionNumBuckets);
    Sizes.requireMultiple(
        "relative_attention_num_buckets", relativeAttentionNumBuckets, "its four parts,", 4);
    if (relativeAttentionMaxDistance <= relativeAttentionNumBuckets / 4) {
      throw new IllegalArgumentException(
          "relative_attention_max_distance %d must be above a quarter of relative_attention_num_buckets %d"
              .formatted(relativeAttentionMaxDistance, relativeAttentionNumBuckets));
    }
    Reals.requireEps("layer_norm_epsilon", layerNormEpsilon);
    Activation.named(activation(feedForwardProj));
  }

  /** Whether the MLP has a gate. */
  boolean gated() {
    return feedForwardProj.startsWith(GATED);
  }

  /** The function between the MLP's maps. */
  Activation activation() {
    return Activation.named(activation(feedForwardProj));
  }

  /** T5 v1.1 means the tanh approximation when it says gated-gelu. */
  private static String activation(String feedForwardProj) {
    return feedForwardProj.equals("gated-gelu")
        ? "gelu_new"
        : feedForwardProj.substring(feedForwardProj.startsWith(GATED) ? GATED.length() : 0);
  }
}
