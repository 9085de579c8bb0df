package dev.dualprocess.flux;

import com.google.common.base.MoreObjects;
import dev.dualprocess.config.Counts;
import java.util.List;

/**
 * transformer/config.json of a FLUX.1 checkpoint, its fields by their own names in camel case. A
 * field that is absent has the value diffusers documents for it.
 *
 * @param patchSize side of a patch of the output, 1 by default
 * @param inChannels channels of a packed latent token
 * @param outChannels channels of the output, {@code inChannels} by default
 * @param numLayers double-stream blocks
 * @param numSingleLayers single-stream blocks
 * @param attentionHeadDim width of a head
 * @param numAttentionHeads heads
 * @param jointAttentionDim width of the T5 embeddings
 * @param pooledProjectionDim width of the pooled CLIP embedding
 * @param guidanceEmbeds whether the model takes a guidance scale (Dev does, Schnell does not)
 * @param axesDimsRope rotary dimensions for (text, row, column), 16, 56, 56 by default
 */
record FluxTransformerConfig(
    Integer patchSize,
    Integer inChannels,
    Integer outChannels,
    Integer numLayers,
    Integer numSingleLayers,
    Integer attentionHeadDim,
    Integer numAttentionHeads,
    Integer jointAttentionDim,
    Integer pooledProjectionDim,
    Boolean guidanceEmbeds,
    List<Integer> axesDimsRope) {
  private static final List<Integer> PUBLISHED_AXES = List.of(16, 56, 56);

  FluxTransformerConfig {
    patchSize = MoreObjects.firstNonNull(patchSize, 1);
    inChannels = MoreObjects.firstNonNull(inChannels, 64);
    numLayers = MoreObjects.firstNonNull(numLayers, 19);
    numSingleLayers = MoreObjects.firstNonNull(numSingleLayers, 38);
    attentionHeadDim = MoreObjects.firstNonNull(attentionHeadDim, 128);
    numAttentionHeads = MoreObjects.firstNonNull(numAttentionHeads, 24);
    jointAttentionDim = MoreObjects.firstNonNull(jointAttentionDim, 4096);
    pooledProjectionDim = MoreObjects.firstNonNull(pooledProjectionDim, 768);
    guidanceEmbeds = MoreObjects.firstNonNull(guidanceEmbeds, false);
    outChannels = MoreObjects.firstNonNull(outChannels, inChannels);
    Counts.requireSize("patch_size", patchSize);
    Counts.requireSize("in_channels", inChannels);
    Counts.requireSize("out_channels", outChannels);
    Counts.requireLayers("num_layers", numLayers);
    Counts.requireLayers("num_single_layers", numSingleLayers);
    Counts.requireSize("attention_head_dim", attentionHeadDim);
    Counts.requireSize("num_attention_heads", numAttentionHeads);
    Counts.requireSize("joint_attention_dim", jointAttentionDim);
    Counts.requireSize("pooled_projection_dim", pooledProjectionDim);
    axesDimsRope = List.copyOf(MoreObjects.firstNonNull(axesDimsRope, PUBLISHED_AXES));
    axesDimsRope.forEach(dim -> Counts.requireSize("axes_dims_rope", dim));
    Counts.requireSize(
        "out_channels times the square of patch_size", (long) patchSize * patchSize * outChannels);
    Counts.requireSize(
        "num_attention_heads times attention_head_dim",
        (long) numAttentionHeads * attentionHeadDim);
    if (axesDimsRope.size() != 3 || axesDimsRope.stream().anyMatch(dim -> dim % 2 != 0)) {
      throw new IllegalArgumentException(
          "axes_dims_rope " + axesDimsRope + " should be three even numbers");
    }
    int rope = axesDimsRope.stream().mapToInt(Integer::intValue).sum();
    if (rope != attentionHeadDim) {
      throw new IllegalArgumentException(
          "axes_dims_rope %s add up to %d, but attention_head_dim is %d"
              .formatted(axesDimsRope, rope, attentionHeadDim));
    }
    if (inChannels % 4 != 0) {
      throw new IllegalArgumentException(
          "in_channels " + inChannels + " is not a multiple of 4, a patch of 2x2 latents");
    }
  }

  /** Width of the model, D. */
  int innerDim() {
    return numAttentionHeads * attentionHeadDim;
  }
}
