package dev.dualprocess.qwen;

import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.Weights;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Linear in each patch: a convolution whose kernel covers one.
 *
 * @param weight [D, C, T, p, p]
 * @param bias [D], or null
 */
public record PatchEmbedding(Tensor weight, @Nullable Tensor bias) {
  /** Reads {@code weight} and, where the family has one, {@code bias}. */
  public static PatchEmbedding load(Weights weights, PatchShape shape, long dim, boolean biased) {
    long side = shape.patchSize();
    long frames = shape.temporalPatchSize();
    return new PatchEmbedding(
        weights.tensor("weight", dim, PatchShape.CHANNELS, frames, side, side),
        biased ? weights.tensor("bias", dim) : null);
  }

  /** patches [N, C T p p] to [N, D]. */
  public Tensor forward(Tensor patches) {
    return Ops.linear(Ops.toLike(patches, weight), weight.flatten(1, -1), bias);
  }
}
