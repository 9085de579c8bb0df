package dev.dualprocess.flux;

import dev.dualprocess.nn.Embedding;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * T5's position information: a learnt number for each head and each bucket of distances, added to
 * the attention's scores. Half of the buckets is for keys behind the query; in each half, half of
 * the buckets holds one distance each, the rest grows logarithmically.
 *
 * @param relativeAttentionBias [buckets, H]
 */
record RelativePositionBias(Embedding relativeAttentionBias, int numBuckets, int maxDistance) {
  static RelativePositionBias load(Weights weights, T5Config config) {
    return new RelativePositionBias(
        Embedding.load(
            weights.in("relative_attention_bias"),
            config.relativeAttentionNumBuckets(),
            config.numHeads()),
        config.relativeAttentionNumBuckets(),
        config.relativeAttentionMaxDistance());
  }

  /** The bias of {@code length} tokens: [1, H, length, length]. */
  Tensor forward(int length) {
    long[] bucketOf = new long[2 * length - 1]; // by key - query + length - 1
    Arrays.setAll(bucketOf, i -> bucket(i - (length - 1)));
    long[] buckets = new long[length * length];
    for (int query = 0; query < length; query++) {
      System.arraycopy(bucketOf, length - 1 - query, buckets, query * length, length);
    }
    Tensor bias = relativeAttentionBias.forward(Ops.longs(buckets, length, length)); // [L, L, H]
    return bias.permute(2, 0, 1).unsqueeze(0).contiguous();
  }

  /** Of the distance from query to key; rounded in fp32, as the checkpoints were trained. */
  private int bucket(int relative) {
    int half = numBuckets / 2;
    int exact = half / 2;
    int distance = Math.abs(relative);
    int within = distance;
    if (distance >= exact) {
      float log = (float) Math.log((float) distance / exact);
      float share = log / (float) Math.log((double) maxDistance / exact);
      within = Math.min(exact + (int) (share * (half - exact)), half - 1);
    }
    return relative > 0 ? half + within : within;
  }
}
